"""Settings from the environment, typed. A wrong value stops the start with a sentence."""

import os
import sys
from pathlib import Path


class WrongSetting(SystemExit):
    """The start stops here; the sentence says what was expected."""

    def __init__(self, sentence: str):
        print(f"amends: {sentence}", file=sys.stderr)
        super().__init__(2)


def text(name: str, default: str = "") -> str:
    """The variable, or the first line of the file that NAME_FILE names."""
    file = os.environ.get(f"{name}_FILE")
    if file:
        try:
            return Path(file).read_text().strip()
        except OSError as error:
            raise WrongSetting(
                f"{name}_FILE names {file}, which cannot be read ({error.strerror})."
            ) from None
    return os.environ.get(name, default).strip()


def whole(name: str, default: int, least: int = 0, most: int = 1_000_000) -> int:
    value = text(name)
    if not value:
        return default
    if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
        raise WrongSetting(f"{name} is {value!r}; expected a whole number from {least} to {most}.")
    return int(value)


def flag(name: str, default: bool = False) -> bool:
    value = text(name).lower()
    if value in ("", "1", "yes", "true", "on", "0", "no", "false", "off"):
        return value in ("1", "yes", "true", "on") if value else default
    raise WrongSetting(f"{name} is {value!r}; expected yes or no.")


def choice(name: str, default: str, of: tuple[str, ...]) -> str:
    value = text(name, default)
    if value not in of:
        raise WrongSetting(f"{name} is {value!r}; expected one of {', '.join(of)}.")
    return value


def bind(name: str, default: str) -> tuple[str, int]:
    """A host and port, as in 127.0.0.1:8000."""
    host, colon, port = text(name, default).rpartition(":")
    if not (colon and host and port.isdigit() and 0 < int(port) < 65536):
        raise WrongSetting(f"{name} is {text(name, default)!r}; expected host:port, such as {default}.")
    return host.strip("[]"), int(port)
