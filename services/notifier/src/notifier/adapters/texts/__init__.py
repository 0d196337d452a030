"""The wording of mails, one file per language."""
