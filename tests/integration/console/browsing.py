"""A client that signs in and sends forms as a browser without script does."""

import re
import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # starlette asks for httpx2, which is not a dependency of this project
    from fastapi.testclient import TestClient

from tests.integration.console.seeded import PASSWORD


class Browser(TestClient):
    """One browser; follows no redirect by itself."""

    def __init__(self, app):
        super().__init__(app, base_url="https://testserver", follow_redirects=False)

    def submit(self, path, *, at=None, **fields):
        """Post a form with the token that the page at `at` (default: the same path) carries."""
        page = self.get(at or path)
        token = re.search(r'name="form_token" value="([^"]+)"', page.text).group(1)
        return self.post(path, data={"form_token": token, **fields})

    def sign_in(self, name):
        """Sign in as `name`; return the answer."""
        return self.submit("/console/sign-in", name=name, password=PASSWORD)
