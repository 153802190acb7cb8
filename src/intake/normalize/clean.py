"""The order of the cleaning steps, on one screen."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from intake.model.clean_text import CleanText
from intake.model.submission import Submission
from intake.normalize import characters, forms, html, mojibake, noise, personal, script
from intake.normalize.comparable import comparable
from intake.normalize.findings import KINDS
from intake.normalize.personal import PersonalPiece
from intake.normalize.traced import Traced

_ROUNDS = 6  # a step can uncover work for an earlier one; real texts settle after the first


@dataclass(frozen=True, slots=True)
class Personal:
    """A piece of personal data and its place in the submission's body (or title), as sent."""

    type: str
    value: str
    start: int
    end: int
    in_title: bool


def normalize(submission: Submission) -> CleanText:
    """Return the clean text of a submission. Pure; it never fails; applied to its own result it changes nothing.

    ``notes`` lists what was done: ``html``, ``recoded`` (a wrong charset undone), ``glosses``,
    ``traditional``, ``form``, ``quote`` (earlier mail cut off), ``garbled``.
    """
    return _only_tidied(submission) or Cleaning(submission).clean


def _only_tidied(submission: Submission) -> CleanText | None:
    """Return the clean text of a message with nothing to do but blanks, as in most; else None.

    Only saves time: :class:`Cleaning` would come to the same.
    """
    if submission.html or not _is_plain(submission.title + submission.body):
        return None
    title, text = characters.tidied(submission.title), characters.tidied(submission.body)
    whole = f"{title}\n{text}" if title else text
    if "\n" in title or mojibake.has_cut(whole) or noise.has_lines_to_cut(text):
        return None
    name = submission.contact.name
    if forms.read_form(text) or personal.find((title, text), (name,) if name else ()):
        return None
    return CleanText(
        title=title,
        text=text,
        comparable=comparable(text, ordinary=True),
        placeholders=personal.placeholders(text),
        contact=submission.contact,
    )


class Cleaning:
    """The cleaning of one submission: the clean text, and the way from it back to what was sent."""

    def __init__(self, submission: Submission) -> None:
        self._title, self._text = Traced(submission.title), Traced(submission.body)
        self._names = {submission.contact.name} if submission.contact.name else set()
        self._fields: dict[str, str] = {}
        self._taken: list[PersonalPiece] = []
        self._taken_of_title: list[PersonalPiece] = []
        self._notes: list[str] = []
        self._plain = False
        is_html = submission.html
        for _ in range(_ROUNDS):
            before = self._title.text, self._text.text
            if self._settles(is_html) or before == (self._title.text, self._text.text):
                break
            is_html = False
        self.clean = self._result(submission)

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Return the place in the submission's body of a stretch of the clean text."""
        return self._text.origin(start, end)

    def personal(self) -> list[Personal]:
        """Return what was taken out and where it stood; PERSONAL DATA."""
        return [
            Personal(KINDS[piece.found.kind].type, piece.found.value, *piece.origin(), in_title)
            for pieces, in_title in ((self._taken, False), (self._taken_of_title, True))
            for piece in sorted(pieces, key=PersonalPiece.origin)
        ]

    def _settles(self, is_html: bool) -> bool:
        """Run the steps; return whether another round would certainly change nothing."""
        title, text = self._title, self._text
        whole = self._whole()
        self._plain = not is_html and _is_plain(whole)
        if not self._plain:
            self._read_markup(is_html)
            whole = self._whole()
        if not self._plain:
            # Before characters are tidied: wrongly read bytes look like control characters.
            self._apply("recoded", mojibake.repair_charset)
        characters.tidy(title)
        characters.tidy(text)
        if not self._plain:
            self._apply("glosses", noise.drop_glosses)
        if mojibake.has_cut(whole):
            # A cut sentence is found again in the same document, so its glosses have to be gone.
            self._apply("recoded", mojibake.repair_shift)
        if not self._plain:
            self._simplify()
        tidied = title.text, text.text
        if noise.has_lines_to_cut(text.text):
            self._note("quote", when=noise.cut_quote(text))
            noise.drop_furniture(text)
        self._take_form_apart()
        one_line = "\n" not in text.text and not self._notes
        while self._take_personal_data_out() and one_line and self._plain:
            tidied = title.text, text.text  # no other step sees a line of plain words differently
        self._close()
        return self._plain and tidied == (title.text, text.text)

    def _whole(self) -> str:
        return f"{self._title.text}\n{self._text.text}" if self._title.text else self._text.text

    def _read_markup(self, is_html: bool) -> None:
        if is_html or html.has_markup(self._text.text):
            html.read(self._text)
            self._note("html", when=True)
        if html.has_markup(self._title.text):
            html.read(self._title)

    def _apply(self, note: str, step: Callable[[Traced], None]) -> None:
        before = self._title.text, self._text.text
        step(self._title)
        step(self._text)
        self._note(note, when=before != (self._title.text, self._text.text))

    def _note(self, what: str, *, when: bool) -> None:
        if when and what not in self._notes:
            self._notes.append(what)

    def _simplify(self) -> None:
        # Title and text are one document: a title of four characters has too little to go by.
        whole = self._title.text + self._text.text
        if script.is_traditional(whole):
            simplify = script.to_simplified
        elif script.has_strays(whole):
            simplify = script.without_strays
        else:
            return
        for part in (self._title, self._text):
            part.rewrite(simplify(part.text))
        self._note("traditional", when=True)

    def _take_form_apart(self) -> None:
        text = self._text
        form = forms.read_form(text.text)
        if form is None:
            return
        self._note("form", when=True)
        if form.title and not self._title.text:
            self._title = text.excerpt(*form.title)
            self._taken_of_title = self._taken
        for role, (start, end) in form.personal:
            self._take(personal.of_form(text, role, start, end), self._taken)
        for label, (start, end) in form.fields.items():
            value = text.excerpt(start, end)
            self._take(personal.take_out((value,))[0], self._taken)
            self._fields.setdefault(label, value.text)
        edits, done = [], 0
        for start, end in form.body:
            edits.append((done, start, "\n" if done else ""))
            done = end
        text.edit([*edits, (done, len(text.text), "")])

    def _take_personal_data_out(self) -> bool:
        of_title, of_text = personal.take_out((self._title, self._text), self._names)
        self._take(of_title, self._taken_of_title)
        self._take(of_text, self._taken)
        return bool(of_title or of_text)

    def _take(self, pieces: list[PersonalPiece], into: list[PersonalPiece]) -> None:
        into += pieces
        self._names |= {piece.found.value for piece in pieces if piece.found.kind == "name"}

    def _close(self) -> None:
        title, text = self._title, self._text
        if "\n" in title.text:
            title.rewrite(title.text.replace("\n", " "))
        for part in (title, text):
            if "<" in part.text or "&" in part.text:
                part.rewrite(html.close_markup(part.text))
            part.strip()

    def _result(self, submission: Submission) -> CleanText:
        text = self._text.text
        garbled = () if self._plain and not mojibake.has_cut(text) else mojibake.garbled(text)
        self._note("garbled", when=bool(garbled))
        found = [piece.found for piece in (*self._taken, *self._taken_of_title)]
        return CleanText(
            title=self._title.text,
            text=text,
            comparable=comparable(text, garbled, ordinary=self._plain),
            garbled=garbled,
            placeholders=personal.placeholders(text),
            contact=personal.merge(submission.contact, found) if found else submission.contact,
            fields=self._fields,
            notes=tuple(self._notes),
        )


@cache
def _plain() -> re.Pattern[str]:
    only_traditional, _ = script.evidence()
    return characters.ordinary_but(rf"{mojibake.SIGNS}{only_traditional}<&\\=")


def _is_plain(text: str) -> bool:
    """Return whether a text needs no step: no markup, no folded, misread, traditional or coded characters."""
    return (
        _plain().fullmatch(text) is not None
        and "%E" not in text
        and "%e" not in text
        and not characters.has_office_escape(text)
    )
