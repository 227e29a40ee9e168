"""Headers of static files: workers run under the policy of their own response, not the page's."""

from collections.abc import MutableMapping

# WebAssembly (the image codecs) is compiled in the worker alone.
WORKER_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"


def add_headers(headers: MutableMapping[str, str], path: str, url: str) -> None:
    headers["Content-Security-Policy"] = WORKER_POLICY
    headers["X-Content-Type-Options"] = "nosniff"
