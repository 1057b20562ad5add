// Sends the message of a JSON file as nodemailer's users do. usage: node send.js PORT FILE
const fs = require("fs");
const nodemailer = require("nodemailer");

const [port, file] = process.argv.slice(2);
const meant = JSON.parse(fs.readFileSync(file, "utf8"));
const person = ({ email, name }) => ({ address: email, name });

nodemailer
  .createTransport({ host: "127.0.0.1", port: Number(port), secure: false, ignoreTLS: true })
  .sendMail({
    from: person(meant.from),
    to: person(meant.to),
    subject: meant.subject,
    text: meant.text,
    html: meant.html,
    attachments: meant.attachments.map((one) => ({
      filename: one.filename,
      contentType: one.content_type,
      content: Buffer.from(one.content, "base64"),
      ...(one.content_id ? { cid: one.content_id, contentDisposition: "inline" } : {}),
    })),
  })
  .then((sent) => console.log(sent.response))
  .catch((failed) => {
    console.error(failed);
    process.exitCode = 1;
  });
