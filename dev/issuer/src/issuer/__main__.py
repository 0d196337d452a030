"""Run the issuer: `python -m issuer --port 9000`."""

import argparse

import uvicorn

from issuer.app import build_app


def main() -> None:
    """Serve until stopped, on loopback unless told otherwise."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="who can reach it, gets any token")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--url", help="what others call it; default: http://<host>:<port>")
    given = parser.parse_args()
    app = build_app(given.url or f"http://{given.host}:{given.port}")
    uvicorn.run(app, host=given.host, port=given.port, log_level="warning")


if __name__ == "__main__":
    main()
