"""Drives a headless Chromium through a pipe, by the DevTools protocol; no library is needed.

https://chromedevtools.github.io/devtools-protocol/ ; messages on the pipe are JSON that ends with a zero byte.
"""

import base64
import json
import os
import select
import shutil
import subprocess
import time

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage", "--hide-scrollbars")


def find_chromium():
    """Return the browser's path: of SIMGEN_CHROMIUM, else of the search path; None where there is none."""
    return os.environ.get("SIMGEN_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


class Chromium:
    """One page in one browser."""

    def __init__(self, program, profile, size=(1400, 1000)):
        to_browser, self._out = os.pipe()
        self._in, from_browser = os.pipe()
        # The browser reads commands from descriptor 3 and answers on 4; bash moves any descriptor there.
        command = [program, *FLAGS, "--remote-debugging-pipe", f"--user-data-dir={profile}", "about:blank"]
        line = ["bash", "-c", f'exec "$@" 3<&{to_browser} 4>&{from_browser}', "bash", *command]
        self._process = subprocess.Popen(line, pass_fds=(to_browser, from_browser), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self._buffer, self._number, self.complaints, self.requests = b"", 0, [], []
        target = next(t for t in self.call("Target.getTargets")["targetInfos"] if t["type"] == "page")
        self._session = self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)["sessionId"]
        for domain in ("Runtime", "Page", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.resize(*size)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait(20)
        os.close(self._out)
        os.close(self._in)

    def resize(self, width, height, mobile=False):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=mobile)

    def open(self, path, ready):
        """Open a file and wait until the expression `ready` is true."""
        self.call("Page.navigate", url=path.resolve().as_uri())
        self.wait(ready)

    def wait(self, expression, seconds=60):
        until = time.monotonic() + seconds
        while not self.value(f"Boolean({expression})"):
            assert time.monotonic() < until, f"{expression} did not become true; the page says {self.complaints}"
            time.sleep(0.05)

    def value(self, expression):
        """Return the JSON value of an expression, awaited."""
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def press(self, key, shift=False):
        for kind in ("keyDown", "keyUp"):
            text = {"text": " "} if key == " " and kind == "keyDown" else {}
            self.call("Input.dispatchKeyEvent", type=kind, key=key, modifiers=8 if shift else 0, **text)

    def mouse(self, kind, x, y, **more):
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, **{"button": "left", "buttons": 1, "clickCount": 1, **more})

    def screenshot(self, path, whole=False):
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"]
        path.write_bytes(base64.b64decode(data))

    def call(self, method, **parameters):
        self._number += 1
        session = {"sessionId": self._session} if hasattr(self, "_session") else {}
        os.write(self._out, json.dumps({"id": self._number, "method": method, "params": parameters, **session}).encode() + b"\0")
        while True:
            message = self._message()
            if message.get("id") == self._number:
                assert "error" not in message, message["error"]
                return message["result"]
            self._heard(message)

    def _message(self):
        while b"\0" not in self._buffer:
            assert select.select([self._in], [], [], 60)[0], "the browser must answer"
            part = os.read(self._in, 1 << 20)
            assert part, "the browser must go on running"
            self._buffer += part
        message, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(message)

    def _heard(self, message):
        method, parameters = message.get("method", ""), message.get("params", {})
        if method == "Runtime.exceptionThrown":
            self.complaints.append(str(parameters["exceptionDetails"].get("exception", parameters)))
        elif method == "Log.entryAdded" or (method == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "warning")):
            self.complaints.append(str(parameters))
        elif method == "Network.requestWillBeSent":
            self.requests.append(parameters["request"]["url"][:60])
