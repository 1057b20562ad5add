"""Opens every NAME.eml of a directory as a mail program would, and compares it with what NAME.json says was meant.

Prints one line for each difference, and nothing when all is well.
"""

import base64
import email
import email.errors
import email.header
import email.policy
import email.utils
import json
import pathlib
import re
import sys


def addresses(message, name):
    """By the older of Python's two parsers: the newer one puts spaces between encoded words of a name."""
    field = message[name]
    if field is None:
        return []
    pairs = email.utils.getaddresses([field.replace("\r\n", "").replace("\n", "")])
    return [[address, str(email.header.make_header(email.header.decode_header(name)))] for name, address in pairs]


def tree(part):
    if not part.is_multipart() or part.get_content_maintype() == "message":
        return part.get_content_type()
    return [part.get_content_type()] + [tree(p) for p in part.iter_parts()]


def lines(text):
    """Without the line end that a message has to have."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text[:-1] if text.endswith("\n") else text


def text_of(message, kind):
    part = message.get_body((kind,))
    if part is None:
        return None
    # The parser's own get_content would split lines at characters that end no line of a message.
    return lines(part.get_payload(decode=True).decode(part.get_content_charset()))


def files(part):
    if part.is_multipart() and part.get_content_maintype() == "multipart":
        return [f for p in part.iter_parts() for f in files(p)]
    if part.get_content_disposition() is None:
        return []
    payload = (
        part.get_payload(0).as_bytes(policy=email.policy.SMTP) if part.get_content_maintype() == "message" else part.get_payload(decode=True)
    )
    return [
        {
            "filename": part.get_filename() or "",
            "name": part["content-type"].params.get("name", ""),
            "type": part.get_content_type(),
            "disposition": part.get_content_disposition(),
            "cid": part["content-id"] or "",
            "bytes": base64.b64encode(payload).decode(),
        }
    ]


def read(raw, meant):
    if not meant["utf8"]:
        raw.decode("ascii")
    for line in raw.split(b"\r\n"):
        assert b"\r" not in line and b"\n" not in line, "a bare line end"
        assert len(line) <= 998, "a line of %d" % len(line)
    assert raw.endswith(b"\r\n"), "no line end at the end"
    for word in re.findall(rb"=\?[^?\s]*\?[BQbq]\?[^?\s]*\?=", raw):
        assert len(word) <= 75, "an encoded word of %d" % len(word)
    # A body that looks like a header does no harm here: its lines are no longer than those of one.
    for field in re.findall(rb"^Content-[A-Z][a-zA-Z-]*:.*(?:\r\n[ \t].*)*", raw, re.M):
        assert all(len(line) <= 78 for line in field.split(b"\r\n")), "a part's header: %r" % field
    header = raw.split(b"\r\n\r\n")[0].split(b"\r\n")
    for line in header:
        assert len(line) <= 78 or b" " not in line.split(b": ", 1)[-1].strip(), "not folded: %r" % line
    if meant["utf8"]:
        message = email.message_from_string(raw.decode("utf-8"), policy=email.policy.SMTPUTF8)
    else:
        message = email.message_from_bytes(raw, policy=email.policy.default)
    for part in message.walk():
        assert not part.defects, part.defects
        for name, value in part.items():
            # Words encoded between quotes are known to be irregular, and meant so.
            odd = [d for d in getattr(value, "defects", []) if name.lower() != "content-type"]
            if meant["utf8"]:
                odd = [d for d in odd if not isinstance(d, email.errors.NonASCIILocalPartDefect)]
            assert not odd, (name, odd)
    plain = email.message_from_string(raw.decode("utf-8"))
    assert [a.addr_spec for a in message["from"].addresses] == [addresses(plain, "from")[0][0]]
    names = [name for name in message.keys()]
    return {
        "utf8": meant["utf8"],
        "from": addresses(plain, "from"),
        "to": addresses(plain, "to"),
        "cc": addresses(plain, "cc"),
        "reply_to": addresses(plain, "reply-to"),
        "subject": str(message["subject"] or ""),
        "id": message["message-id"].strip(),
        "date": str(message["date"]),
        "headers": [[n, str(v)] for n, v in message.items() if n in [h[0] for h in meant["headers"]]],
        "text": text_of(message, "plain"),
        "html": text_of(message, "html"),
        "tree": tree(message),
        "files": files(message),
        "bcc": "bcc" in [n.lower() for n in names],
    }


for path in sorted(pathlib.Path(sys.argv[1]).glob("*.eml")):
    meant = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    for kind in ("text", "html"):
        if meant[kind] is not None:
            meant[kind] = lines(meant[kind])
    try:
        came = read(path.read_bytes(), meant)
        for key, value in meant.items():
            if came[key] != value:
                print(ascii("%s %s: meant %r, but read %r" % (path.stem, key, value, came[key]))[:1500])
    except Exception as failed:
        print(ascii("%s: %s %s" % (path.stem, type(failed).__name__, failed))[:1500])
