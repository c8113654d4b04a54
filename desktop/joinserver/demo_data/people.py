"""Who is in the practice shop: mechanics, and customers whose names try every rule."""

from dataclasses import dataclass
from typing import Final

from desktop.joinserver.demo_data.ids import demo_id


@dataclass(frozen=True, slots=True)
class DemoMechanic:
    """A mechanic of the practice shop."""

    key: str
    email: str
    name: str
    account_type: str = "individual_mechanic"
    workshop: str | None = None
    on_shift: bool = False
    suspended_days: int = 0
    rating: float | None = None
    cap: int | None = None
    used: int | None = None


@dataclass(frozen=True, slots=True)
class DemoVehicle:
    """A customer's car."""

    year: int
    make: str
    model: str
    color: str | None = None
    plate: str | None = None
    mileage: str | None = None
    vin: str | None = None


@dataclass(frozen=True, slots=True)
class DemoCustomer:
    """A customer; `email` None stands for a guest without a login."""

    key: str
    full_name: str | None
    email: str | None
    vehicle: DemoVehicle | None
    metadata_name: str | None = None


MECHANICS: Final = (
    DemoMechanic("M1", "marisol@shop.example", "Marisol Quintero", on_shift=True, rating=4.8),
    DemoMechanic(
        "M2", "ike@shop.example", "Ike Brannigan", "workshop_mechanic", "Northgate Auto Care", on_shift=True, cap=240,
        used=65,
    ),
    DemoMechanic("M3", "teodor@shop.example", "Teodor Vass", suspended_days=14),
)  # fmt: skip

GUEST_EMAIL: Final = "walkin+bay3@post.example"
_LONG_NAME: Final = ("Annelotte-Wilhelmina " + "Wolfeschlegelsteinhausenbergerdorff" * 4)[: 21 + 120].ljust(141, "f")
LONG_NAME: Final = (_LONG_NAME + " " + "Annelotte-Wilhelmina " * 10)[:300]
BIDI_NAME: Final = "Lena\u202egnp.exe\u2067x"
MARKUP_NAME: Final = "<img src=/dev/zero><b>Bo</b> & Sons"
MECHANIC_EMOJI_NAME: Final = "\U0001f527 Grace \U0001f469\U0001f3fd\u200d\U0001f527"

CUSTOMERS: Final = (
    DemoCustomer("C1", "Dana Whitlock", "dana.w@post.example",
                 DemoVehicle(2016, "Subaru", "Outback", "green", "KTR-482", "118200")),
    DemoCustomer("C2", "Owen Mbeki-Larsen", "owen.ml@post.example",
                 DemoVehicle(2019, "Ford", "F-150", "white", "8DVB301", "64310", "1FTEW1E50KFA00005")),
    DemoCustomer("C3", None, "priya@post.example", DemoVehicle(2012, "Honda", "Fit", "blue", "PRY-112", "97000"),
                 metadata_name="Priya R."),
    DemoCustomer("C4", None, "rust.bucket.88@post.example",
                 DemoVehicle(2004, "Toyota", "Corolla", "brown", "RST-088", "241500")),
    DemoCustomer("C5", "José Ángel Ñíguez-O'Hara", "ja.niguez@post.example",
                 DemoVehicle(2021, "Kia", "Niro EV", "grey", "NRO-521", "30100")),
    DemoCustomer("C6", MARKUP_NAME, "bo.sons@post.example",
                 DemoVehicle(2015, "Ram", "ProMaster", "white", "BOS-015", "152000")),
    DemoCustomer("C7", BIDI_NAME, "lena.g@post.example",
                 DemoVehicle(2010, "Volkswagen", "Golf", "red", "LNA-010", "133700")),
    DemoCustomer("C8", MECHANIC_EMOJI_NAME, "grace.h@post.example",
                 DemoVehicle(2022, "Tesla", "Model 3", "white", "GRC-022", "18800")),
    DemoCustomer("C9", LONG_NAME, "annelotte.w@post.example",
                 DemoVehicle(1998, "Volvo", "V70", "silver", "VLV-098", "310400")),
    DemoCustomer("C10", "ليلى حداد", "layla.h@post.example",
                 DemoVehicle(2018, "Hyundai", "Tucson", "black", "LYL-018", "74200")),
    DemoCustomer("C11", "   \u200b", "h.tran@post.example",
                 DemoVehicle(2014, "Mazda", "3", "red", "HTR-014", "88900")),
    DemoCustomer("C12", "林 美咲", "misaki.h@post.example",
                 DemoVehicle(2017, "Nissan", "Leaf", "white", "MSK-017", "41000")),
    DemoCustomer("C13", "Marisol Quintero", "m.quintero.jeep@post.example",
                 DemoVehicle(2020, "Jeep", "Wrangler", "orange", "MRQ-020", "35500")),
    DemoCustomer("C14", None, None, DemoVehicle(2008, "Pontiac", "Vibe", None, "PTV-008", "178000")),
    DemoCustomer("C15", demo_id("odd-name", "C15"), "pat.o@post.example", None, metadata_name="Pat Osei"),
    DemoCustomer("C16", "sam.k@post.example", "sam.k@post.example",
                 DemoVehicle(2013, "BMW", "328i", "black", "SMK-013", "112900")),
)  # fmt: skip


def phone(key: str) -> str:
    """Return a customer's telephone number, which no answer to a mechanic may contain."""
    return f"+1-202-555-01{int(key[1:]):02d}"
