"""The database's migrations, packaged so that an installed connector can migrate."""
