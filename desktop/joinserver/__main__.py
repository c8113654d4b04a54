"""`baylink-joinserver`, also `python -m desktop.joinserver`: reads the command line and does what it asks."""

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import replace

from desktop.joinserver import cli, commands, serving
from desktop.joinserver.config import Limits, ServerConfig

_DEV_PUBLIC_BY_ADDRESS = 1_200


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the process's exit code."""
    options = cli.parse(list(sys.argv[1:] if arguments is None else arguments))
    if options.command == "faults":
        return commands.switch_faults(options)
    if options.command != "serve":
        # A command that ends by itself serves nothing and sweeps nothing.
        return commands.run(options, replace(_where(options), sweep_every_s=None))
    return serving.serve(_config(options), options.port, options.tls_cert, options.tls_key, options.workers)


def _where(options: argparse.Namespace) -> ServerConfig:
    return ServerConfig(
        data_dir=options.data_dir,
        database=options.database or os.environ.get(cli.DATABASE_VARIABLE),
        livekit_url=options.livekit_url,
        livekit_key=os.environ.get(cli.KEY_VARIABLE, ""),
        livekit_secret=os.environ.get(cli.SECRET_VARIABLE, ""),
    )


def _config(options: argparse.Namespace) -> ServerConfig:
    config = replace(
        _where(options),
        host=options.host,
        dev=options.dev,
        demo_data=options.demo_data,
        demo_at=options.at,
        lean=options.lean,
        trusted_proxy=options.trusted_proxy,
        tls=bool(options.tls_cert and options.tls_key),
        allowed_origins=tuple(options.allow_origin),
        faults=options.faults,
        faults_seed=options.faults_seed,
    )
    if config.serves_dev_paths:
        # A practice day's programs all come from one address.
        return replace(config, limits=Limits(public_by_address=_DEV_PUBLIC_BY_ADDRESS))
    return config


if __name__ == "__main__":
    sys.exit(main())
