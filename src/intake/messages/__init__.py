"""Messages to people: a code and parameters, rendered through one catalogue of messages.

A decision, an audit row, a rejection or an error stores the code and the parameters. The sentence is
made when somebody reads it, in their language. The catalogue is ``locale/*/LC_MESSAGES/*.po``
(gettext, python-brace-format); the message id is the code. docs/glossary.md holds the terms.
"""

from intake.messages.message import EN, LANGUAGES, ZH, Language, Message, Param, Params
from intake.messages.po_files import UnknownMessageError
from intake.messages.renderer import Names, Renderer, renderer

__all__ = [
    "EN",
    "LANGUAGES",
    "ZH",
    "Language",
    "Message",
    "Names",
    "Param",
    "Params",
    "Renderer",
    "UnknownMessageError",
    "renderer",
]
