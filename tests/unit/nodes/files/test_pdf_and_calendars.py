"""PDF and calendars, read in a process of their own."""

import io

import pytest
from pypdf import PdfReader, PdfWriter

from nodeloom.nodes.node_type import NodeFailed
from tests.unit.nodes.files.kept import Kept


def pdf(*pages: str) -> bytes:
    """As small as PDFs get: pages with one line of text each."""
    count = len(pages)
    kids = " ".join(f"{3 + 2 * number} 0 R" for number in range(count))
    font = 3 + 2 * count
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Kids [{kids}] /Count {count} >>"]
    for number, text in enumerate(pages):
        drawn = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET"
        resources = f"/Resources << /Font << /F1 {font} 0 R >> >>"
        box = f"/MediaBox [0 0 612 792] /Contents {4 + 2 * number} 0 R"
        objects.append(f"<< /Type /Page /Parent 2 0 R {resources} {box} >>")
        objects.append(f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream")
    objects.append("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    written, places = "%PDF-1.4\n", list[int]()
    for number, body in enumerate(objects, 1):
        places.append(len(written))
        written += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    return (
        f"{written}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
        f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(written)}\n%%EOF\n"
    ).encode()


def encrypted(content: bytes, password: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    writer.encrypt(password, "the owner's", algorithm="AES-256")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def test_a_pdf_page_by_page(kept: Kept) -> None:
    assert kept.extract(pdf("Invoice 7", "Total 42"), "scan") == [
        {"page": 1, "pages": 2, "text": "Invoice 7"},
        {"page": 2, "pages": 2, "text": "Total 42"},
    ]


def test_a_pdf_with_a_password(kept: Kept) -> None:
    with pytest.raises(NodeFailed, match="opens only with a password") as refused:
        kept.extract(encrypted(pdf("secret"), "hunter2"), "contract.pdf")
    assert (refused.value.code, bool(refused.value.hint)) == ("password", True)


def test_a_pdf_that_only_may_not_be_printed_is_read(kept: Kept) -> None:
    assert kept.extract(encrypted(pdf("open"), ""), "contract.pdf")[0]["text"] == "open"


@pytest.mark.parametrize("content", [b"%PDF-1.4\nnothing more", pdf("x")[:200], b"%PDF-1.7\n" + bytes(2_000)])
def test_a_broken_pdf(kept: Kept, content: bytes) -> None:
    with pytest.raises(NodeFailed) as refused:
        kept.extract(content, "broken.pdf")
    assert refused.value.code in ("not_pdf", "unreadable")
    assert refused.value.message.startswith("broken.pdf: ")


CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Microsoft Corporation//Outlook 16.0//EN
BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16011028T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010325T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
UID:1@example.org
SUMMARY:A title that goes on and on until the line is full and the rest of
  it stands on the next\\, folded
DTSTART;TZID="W. Europe Standard Time":20260601T090000
DURATION:PT1H30M
RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=4
ORGANIZER;CN=Ann:mailto:ann@example.org
ATTENDEE;PARTSTAT=ACCEPTED:MAILTO:bob@example.org
ATTENDEE:mailto:eve@example.org
CATEGORIES:Work,Team
DESCRIPTION:one\\ntwo
END:VEVENT
BEGIN:VEVENT
UID:2@example.org
SUMMARY:Holiday
DTSTART;VALUE=DATE:20261225
DTEND;VALUE=DATE:20261227
END:VEVENT
BEGIN:VEVENT
UID:3@example.org
DTSTART;TZID=America/New_York:20261101T013000
DTEND:20261101T063000Z
END:VEVENT
END:VCALENDAR
"""


def test_events_with_time_zones_folded_lines_and_whole_days(kept: Kept) -> None:
    weekly, holiday, night = kept.extract(CALENDAR.replace("\n", "\r\n").encode(), "team.ics")
    assert weekly["summary"] == (
        "A title that goes on and on until the line is full and the rest of it stands on the next, folded"
    )
    assert (weekly["start"], weekly["end"]) == ("2026-06-01T09:00:00+02:00", "2026-06-01T10:30:00+02:00")
    assert (weekly["timezone"], weekly["recurrence"]) == ("W. Europe Standard Time", "FREQ=WEEKLY;COUNT=4;BYDAY=MO")
    assert (weekly["organizer"], weekly["attendees"]) == ("ann@example.org", ["bob@example.org", "eve@example.org"])
    assert (weekly["categories"], weekly["description"]) == (["Work", "Team"], "one\ntwo")
    assert (holiday["start"], holiday["end"], holiday["all_day"]) == ("2026-12-25", "2026-12-27", True)
    assert (night["start"], night["end"]) == ("2026-11-01T01:30:00-04:00", "2026-11-01T06:30:00+00:00")


@pytest.mark.parametrize("content", [b"BEGIN:VCALENDAR\nno colon here\nEND:VCALENDAR", b"nothing", b""])
def test_what_is_no_calendar(kept: Kept, content: bytes) -> None:
    with pytest.raises(NodeFailed) as refused:
        kept.extract(content, "x.ics", format="ics")
    assert refused.value.code == "not_ics"
