"""One gateway between the SDKs and the scripted vendor, shared by all tests."""

import os
import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "Tests" / "PythonSupport"))

from gateway_process import GatewayProcess  # noqa: E402
from scripted_vendor import ScriptedVendor  # noqa: E402

PROGRAM = pathlib.Path(os.environ.get("ANYLLM_BUILD_DIR", ROOT / ".build" / "debug")) / "anyllm-tui"
KEY = "sk-real-clients-0123456789abcdef"
OTHER_KEY = "sk-other-clients-0123456789abcdef"

CONFIGURATION = """
keys:
  - {{name: real-clients, secret: {key}}}
  - {{name: other-clients, secret: {other_key}}}
default_backend: chat
backends:
  chat:
    {{kind: openai, base_url: "{vendor}", api_key: chat-upstream-key, retries: 0,
      models: [chat-say]}}
  claude:
    {{kind: anthropic, base_url: "{vendor}", api_key: claude-upstream-key, retries: 0,
      models: [claude-say]}}
mappings:
  - "chat-*": chat
  - "claude-*": claude
"""


class House(unittest.TestCase):
    """A test with a running gateway and its vendor."""

    @classmethod
    def setUpClass(cls):
        cls.vendor = ScriptedVendor()
        cls.addClassCleanup(cls.vendor.stop)
        folder = tempfile.TemporaryDirectory(prefix="anyllm-clients-")
        cls.addClassCleanup(folder.cleanup)
        configuration = CONFIGURATION.format(
            key=KEY, other_key=OTHER_KEY, vendor=cls.vendor.url)
        cls.gateway = GatewayProcess(PROGRAM, folder.name, configuration)
        cls.gateway.start()
        cls.addClassCleanup(cls.gateway.stop)

    def setUp(self):
        self.vendor.take_requests()
        self.vendor.client_left.clear()

    def last_request(self):
        return self.vendor.requests[-1]
