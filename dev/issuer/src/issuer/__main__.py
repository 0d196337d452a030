"""Run the issuer: `python -m issuer --port 9000`."""

import argparse

import uvicorn

from issuer.app import build_app

_LOOPBACK = "127.0.0.1"


def main() -> None:
    """Serve until stopped, on loopback if not told otherwise."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--host", default=_LOOPBACK, help="address to listen on")
    parser.add_argument("--url", help="the `iss` of the tokens, if it is not http://HOST:PORT")
    told = parser.parse_args()
    app = build_app(told.url or f"http://{told.host}:{told.port}")
    uvicorn.run(app, host=told.host, port=told.port, log_level="warning")


if __name__ == "__main__":
    main()
