"""What was said in words: the texts of a case, out of the vault, each by the event that speaks of it."""

from __future__ import annotations

from attrs import field, frozen

from govflow.casework.reader import Reader


@frozen
class Text:
    """A text said in an event: the event's version and kind, the field's name, who said it and when.

    `text` is None where it has been erased; the event's commitment to it still stands.
    """

    version: int
    name: str
    kind: str
    by: str
    at: int
    text: str | None = field(repr=False)

    @property
    def erased(self) -> bool:
        """Whether the text is there no more."""
        return self.text is None


def texts(reader: Reader, case: str) -> dict[tuple[int, str], Text]:
    """Return the texts of a case by (version, name), in order: to a co-signer only their own."""
    shown = reader.sight(reader.row(case))
    events = [event for event in reader.events(case) if shown is None or shown.words(event)]
    kept = {(secret.version, secret.name): secret.text for secret in reader.office.store.secrets(case)}
    said = ((event, name) for event in events for name in event.texts)
    return {
        (event.version, name): Text(
            event.version, name, event.kind, event.by, event.at, kept.get((event.version, name))
        )
        for event, name in said
    }
