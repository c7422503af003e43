"""`dvk`: the one command. Each subcommand stands in a module of its own under `dvk/commands`."""

import sys
from typing import Final, NoReturn

import typer

from dvk.commands import (
    config,
    demo,
    doctor,
    import_models,
    import_organizations,
    openapi,
    parked,
    rebuild,
    replay,
    report,
    serve,
    token,
)
from dvk.errors import FAILED, NOT_STARTED, CommandError
from dvk.language import in_words
from shared.eventstore.port import StoreError
from shared.host.process import StartError
from shared.host.settings import SettingsError

ABOUT: Final = """Mô hình «Dân vận khéo»: chạy các dịch vụ, trình diễn, nhập liệu, xem lại hồ sơ.

Skilful Mass Mobilisation: serves the services, plays a demonstration, imports, replays the record.

Exit codes: 0 done; 1 refused, or something was found wrong; 2 wrong command line; 3 the server does not
answer; 4 the settings or what the process needs are not there; 130 interrupted.
"""


def application() -> typer.Typer:
    """The command with its subcommands."""
    app = typer.Typer(
        help=ABOUT,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.command("serve")(serve.serve)
    app.command("demo")(demo.demo)
    importing = typer.Typer(
        help="Enter what organisations keep in tables: their bodies, their models.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    importing.command("models")(import_models.import_models)
    importing.command("organizations")(import_organizations.import_organizations)
    app.add_typer(importing, name="import")
    app.command("replay")(replay.replay)
    app.command("report")(report.report)
    app.command("rebuild")(rebuild.rebuild)
    app.command("parked")(parked.parked)
    app.command("doctor")(doctor.doctor)
    app.command("config")(config.config)
    app.command("token")(token.token)
    app.command("openapi")(openapi.openapi)
    return app


def main() -> NoReturn:
    """Run the command line. Every failure is a sentence and an exit code, never a traceback."""
    try:
        application()()
        code = 0
    except CommandError as error:
        code = _failed(in_words(error.vi, error.en), error.exit_code)
    except (SettingsError, StartError, StoreError) as error:
        code = _failed(str(error), NOT_STARTED)
    except OSError as error:
        code = _failed(f"{error.filename or ''}: {error.strerror}".lstrip(": "), FAILED)
    sys.exit(code)


def _failed(sentence: str, code: int) -> int:
    sys.stderr.write(f"{sentence}\n")
    return code
