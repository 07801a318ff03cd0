"""Letters of our own to damage, so that the soak has something where ../shared is not: plain, nested, coded, reported."""

_PLAIN = """From: Ana Whitlock <ana@whitlock.example>
To: complaints@localhost
Subject: =?utf-8?q?The_se=C3=A4m?=
Message-ID: <one@whitlock.example>
Date: Mon, 8 Jun 2026 07:52:00 +0000
In-Reply-To: <nothing@localhost>
References: <a@x.example> <b@x.example>

The seam on the R-40 lifted after six weeks.

> You wrote on Monday that somebody would call.
> > Nobody did.
"""

_NESTED = """From: "Whitlock, Ana" <ana@whitlock.example>
To: complaints@localhost, "The desk" <other@localhost>
Cc: undisclosed-recipients:;
Subject: Photographs
Message-ID: <two@whitlock.example>
Received: from a.example by b.example; Mon, 8 Jun 2026 07:52:00 +0000
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="outer"

--outer
Content-Type: multipart/alternative; boundary=inner

--inner
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

The seam lifted=2E It is 3=BD inches wide.

--inner
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: base64

PGh0bWw+PGJvZHk+PHA+VGhlIHNlYW0gPGI+bGlmdGVkPC9iPi48L3A+PC9ib2R5PjwvaHRtbD4=

--inner--
--outer
Content-Type: image/png; name*=utf-8''the%20se%C3%A4m.png
Content-Disposition: attachment; filename*0="the "; filename*1="seam.png"
Content-Transfer-Encoding: base64

iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=

--outer
Content-Type: message/rfc822

From: Eve <eve@evil.example>
Subject: inside
Content-Type: text/plain

A letter in a letter.

--outer--
"""

_REPORT = """From: MAILER-DAEMON@mx.example
To: complaints@localhost
Subject: Undelivered Mail Returned to Sender
Message-ID: <three@mx.example>
Auto-Submitted: auto-replied
Content-Type: multipart/report; report-type=delivery-status; boundary="edge"

--edge
Content-Type: text/plain

The mail system could not deliver your letter.

--edge
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; ana@whitlock.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user

--edge
Content-Type: text/rfc822-headers

From: complaints@localhost
Message-ID: <06dvabcdefghijklmnopqrstuv@localhost>

--edge--
"""

_CODED = """From: =?gb2312?B?wO6zvw==?= <li@chen.example>
To: complaints@localhost
Subject: =?iso-2022-jp?B?GyRCJDMkcyRLJEEkTxsoQg==?= =?utf-7?q?+AGE-?=
Message-ID: <four@chen.example>
Content-Type: text/plain; charset="shift_jis"; format=flowed
Content-Transfer-Encoding: x-uuencode

begin 644 seam.txt
M5&AE('-E86T@;VX@=&AE(%(M-#`@;&EF=&5D(&%F=&5R('-I>"!W965K<RX`
`
end
"""

SEEDS = [text.replace("\n", "\r\n").encode("utf-8") for text in (_PLAIN, _NESTED, _REPORT, _CODED)]
