"""The order of the cleaning steps, on one screen."""

from __future__ import annotations

from dataclasses import dataclass, field

from intake.normalize import characters, forms, html, mojibake, noise, personal, script
from intake.normalize.comparable import comparable
from intake.normalize.findings import Found
from intake.request import CleanText, Submission

_ROUNDS = 6  # a step can uncover work for an earlier one; real texts settle after the first


@dataclass(slots=True)
class _Draft:
    """A message in the making."""

    title: str
    text: str
    fields: dict[str, str] = field(default_factory=dict)
    found: list[Found] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def note(self, what: str, *, when: bool) -> None:
        if when and what not in self.notes:
            self.notes.append(what)


def normalize(submission: Submission) -> CleanText:
    """Make clean text of a submission: pure, total, and of its own output makes the same again.

    ``notes`` says what was done: ``html``, ``recoded`` (a wrong charset undone), ``glosses``,
    ``traditional``, ``form``, ``quote`` (earlier mail cut off), ``garbled``.
    """
    draft = _Draft(submission.title, submission.body)
    for _ in range(_ROUNDS):
        before = draft.title, draft.text
        _clean(draft, submission.html and "html" not in draft.notes, submission.contact.name)
        if before == (draft.title, draft.text):
            break
    garbled = mojibake.garbled(draft.text)
    draft.note("garbled", when=bool(garbled))
    return CleanText(
        title=draft.title,
        text=draft.text,
        comparable=comparable(draft.text),
        garbled=garbled,
        placeholders=personal.placeholders(draft.text),
        contact=personal.merge(submission.contact, draft.found),
        fields=draft.fields,
        notes=tuple(draft.notes),
    )


def _clean(draft: _Draft, is_html: bool, known_name: str | None) -> None:
    _read_markup(draft, is_html)
    _undo_wrong_charset(draft)
    draft.title, draft.text = characters.tidy(draft.title), characters.tidy(draft.text)
    _undo_web_damage(draft)
    _simplify(draft)
    _cut_off(draft)
    _take_form_apart(draft)
    _take_personal_data_out(draft, known_name)
    draft.title = html.close_markup(draft.title.replace("\n", " ")).strip()
    draft.text = html.close_markup(draft.text).strip()


def _read_markup(draft: _Draft, is_html: bool) -> None:
    if is_html or html.has_markup(draft.text):
        draft.text = html.to_text(draft.text)
        draft.note("html", when=True)
    if html.has_markup(draft.title):
        draft.title = html.to_text(draft.title)


def _undo_wrong_charset(draft: _Draft) -> None:
    # Before characters are tidied: wrongly read bytes look like control characters.
    title, text = mojibake.repair_charset(draft.title), mojibake.repair_charset(draft.text)
    draft.note("recoded", when=(title, text) != (draft.title, draft.text))
    draft.title, draft.text = title, text


def _undo_web_damage(draft: _Draft) -> None:
    title, text = noise.without_glosses(draft.title), noise.without_glosses(draft.text)
    draft.note("glosses", when=(title, text) != (draft.title, draft.text))
    # A cut sentence is found again in the same document, so its glosses have to be gone.
    draft.title, draft.text = title, mojibake.repair_shift(text)
    draft.note("recoded", when=draft.text != text)


def _simplify(draft: _Draft) -> None:
    # Title and text are one document: a title of four characters has too little to go by.
    if script.is_traditional(draft.title + draft.text):
        draft.title = script.to_simplified(draft.title)
        draft.text = script.to_simplified(draft.text)
        draft.note("traditional", when=True)


def _cut_off(draft: _Draft) -> None:
    written = noise.without_quote(draft.text)
    draft.note("quote", when=written != draft.text)
    draft.text = noise.without_furniture(written)


def _take_form_apart(draft: _Draft) -> None:
    form = forms.read_form(draft.text)
    if form is None:
        return
    draft.note("form", when=True)
    draft.text = form.body
    draft.title = draft.title or form.title
    draft.found += personal.of_form(form.personal)
    for label, value in form.fields.items():
        clean, found = personal.take_out(value)
        draft.fields.setdefault(label, clean)
        draft.found += found


def _take_personal_data_out(draft: _Draft, known_name: str | None) -> None:
    names = {piece.value for piece in draft.found if piece.kind == "name"} | {known_name or ""}
    draft.text = personal.take_out_known(draft.text, names)
    draft.title = personal.take_out_known(draft.title, names)
    draft.text, found = personal.take_out(draft.text)
    draft.title, found_in_title = personal.take_out(draft.title)
    draft.found += (*found, *found_in_title)
