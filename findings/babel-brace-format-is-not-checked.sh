#!/usr/bin/env bash
# Babel 2.19.0: a message flagged python-brace-format is known as such, and its gaps are never checked.
#
# A sound guess: `pybabel compile` refuses, or at least reports, a translation whose gaps differ from the message's,
# since it does so for python-format, and since Message.python_brace_format exists. In fact the checkers look at
# python-format only: a translation with another gap compiles without a word and exit code 0, and raises KeyError
# on the day that somebody formats it. GNU msgfmt --check-format reports the same file (not run here).
# What it means for us: the gaps of both languages are compared by our own test (tests/messages).
#
# Seen with Babel 2.19.0 on CPython 3.11. Installs into a temporary folder; fails when this changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check Babel==2.19.0
mkdir -p "$folder/locale/en/LC_MESSAGES"
cat >"$folder/locale/en/LC_MESSAGES/messages.po" <<'PO'
msgid ""
msgstr ""
"Language: en\n"
"Content-Type: text/plain; charset=utf-8\n"

#, python-brace-format
msgid "{name} has {n} files"
msgstr "{name} has {count} files"

#, python-format
msgid "%(name)s has %(n)d files"
msgstr "%(name)s has %(count)d files"
PO
cd "$folder"
venv/bin/python - <<'PY'
from babel.messages.pofile import read_po

with open("locale/en/LC_MESSAGES/messages.po", "rb") as file:
    catalogue = read_po(file)
found = {}
for message in catalogue:
    if message.id:
        errors = [str(error) for error in message.check(catalogue)]
        kind = "brace" if message.python_brace_format else "percent"
        found[kind] = errors
        print(f"{kind}: {message.id!r} -> {errors}")
assert found == {"brace": [], "percent": ["unknown named placeholder 'count'"]}, "this has changed"
PY
for kind in python-brace-format python-format; do
    # Each kind alone: the header, and the one message with that flag.
    mkdir -p "$kind/en/LC_MESSAGES"
    awk -v RS= -v ORS='\n\n' -v kind="#, $kind" 'NR == 1 || index($0, kind "\n")' \
        locale/en/LC_MESSAGES/messages.po >"$kind/en/LC_MESSAGES/messages.po"
    venv/bin/pybabel compile --directory "$kind" --domain messages >"$kind.txt" 2>&1 && code=0 || code=$?
    echo "pybabel compile, $kind: exit code $code"
    echo "$code" >>codes.txt
done
test "$(tr '\n' ' ' <codes.txt)" = "0 1 "
! grep -q "error" python-brace-format.txt
grep -q "unknown named placeholder" python-format.txt
