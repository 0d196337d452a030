"""Run the connector: `python -m connector`, or `python -m connector migrate` before it."""

if __name__ == "__main__":
    # Worker processes import this module too, and need none of what follows.
    import asyncio
    import sys

    from messaging.settings import load

    from connector.adapters.postgres.migrate import migrate
    from connector.main import main
    from connector.settings import ConnectorSettings

    match sys.argv[1:]:
        case []:
            main()
        case ["migrate"]:
            asyncio.run(migrate(load(ConnectorSettings).postgres))
        case _:
            sys.exit("usage: python -m connector [migrate]")
