"""PostgreSQL, SMTP, iCalendar and the wording of mails."""
