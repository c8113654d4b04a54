"""The acceptance cases of the contract, each named after its case."""
