"""Opens the message in a file as a mail program would, and prints what it says as JSON."""

import base64
import email
import email.policy
import json
import sys

with open(sys.argv[1], "rb") as file:
    message = email.message_from_binary_file(file, policy=email.policy.default)


def person(field):
    (address,) = field.addresses
    return {"email": address.addr_spec, "name": address.display_name}


def text(kind):
    part = message.get_body((kind,))
    return part.get_payload(decode=True).decode(part.get_content_charset()).replace("\r\n", "\n")


def leaves(part):
    return [leaf for child in part.iter_parts() for leaf in leaves(child)] if part.is_multipart() else [part]


for part in message.walk():
    assert not part.defects, part.defects
print(
    json.dumps(
        {
            "from": person(message["from"]),
            "to": person(message["to"]),
            "subject": str(message["subject"]),
            "text": text("plain"),
            "html": text("html"),
            "attachments": [
                {
                    "filename": part.get_filename(),
                    "content_type": part.get_content_type(),
                    "content": base64.b64encode(part.get_payload(decode=True)).decode(),
                    **({"content_id": part["content-id"].strip().strip("<>")} if part["content-id"] else {}),
                }
                for part in sorted(leaves(message), key=lambda part: part["content-id"] is not None)
                if part.get_content_disposition() is not None
            ],
        }
    )
)
