"""A browser without a window, driven through a pipe by the DevTools protocol.

Nothing but the standard library; no network, no port: messages are JSON, each ended by
a zero byte, on the browser's file descriptors 3 (to it) and 4 (from it)."""

import base64
import json
import os
import select
import subprocess
import time

CODES = {"Tab": 9, "Enter": 13, "Escape": 27}  # keys that the browser itself acts on
PATIENCE = 60  # seconds for one answer


class Browser:
    def __init__(self, program, folder):
        to_read, self.to = os.pipe()
        self.back, from_write = os.pipe()
        descriptors = {3: to_read, 4: from_write}
        # Moved out of the way first: they may be 3 and 4 the other way round.
        high = {target: os.dup2(source, 100 + target) for target, source in descriptors.items()}

        def place():
            for target, source in high.items():
                os.dup2(source, target, inheritable=True)

        self.log = open(os.path.join(folder, "browser.log"), "wb")
        self.process = subprocess.Popen(
            [program, "--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu",
             "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions", "--disable-sync",
             "--disable-background-networking", "--disable-component-update", "--hide-scrollbars",
             "--force-color-profile=srgb", "--user-data-dir=" + os.path.join(folder, "profile"), "about:blank"],
            pass_fds=(3, 4), preexec_fn=place, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        for fd in (*descriptors.values(), *high.values()):
            os.close(fd)
        self.last, self.received, self.events = 0, b"", []

    def close(self):
        try:
            self.call("Browser.close")
            self.process.wait(10)
        except (OSError, RuntimeError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
        os.close(self.to)
        os.close(self.back)
        self.log.close()

    def _message(self, until):
        while b"\0" not in self.received:
            ready, _, _ = select.select([self.back], [], [], max(0.0, until - time.monotonic()))
            part = os.read(self.back, 1 << 20) if ready else b""
            if not part:
                raise RuntimeError("the browser says nothing more")
            self.received += part
        message, _, self.received = self.received.partition(b"\0")
        return json.loads(message)

    def call(self, method, session=None, **parameters):
        self.last += 1
        request = {"id": self.last, "method": method, "params": parameters}
        if session:
            request["sessionId"] = session
        os.write(self.to, json.dumps(request).encode() + b"\0")
        until = time.monotonic() + PATIENCE
        while True:
            message = self._message(until)
            if message.get("id") == self.last:
                if "error" in message:
                    raise RuntimeError("%s: %s" % (method, message["error"]["message"]))
                return message["result"]
            if "method" in message:
                self.events.append(message)

    def open(self, path, **options):
        return Page(self, path, **options)


class Page:
    """One file: URL in a tab of its own."""

    def __init__(self, browser, path, width=1280, height=1000, theme="light", script=True, ratio=1, still=False):
        self.browser = browser
        self.target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = browser.call("Target.attachToTarget", targetId=self.target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(domain + ".enable")
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=ratio,
                  mobile=width < 600)
        self.call("Emulation.setFocusEmulationEnabled", enabled=True)
        self.theme(theme, still)
        if not script:
            self.call("Emulation.setScriptExecutionDisabled", value=True)
        begun = time.monotonic()
        self.call("Page.navigate", url="file://" + path)
        self._wait("location.protocol === 'file:' && " + (
            "document.documentElement?.dataset.ready === 'true'" if script else "document.readyState === 'complete'"))
        self.load_seconds = time.monotonic() - begun

    def call(self, method, **parameters):
        return self.browser.call(method, self.session, **parameters)

    def _wait(self, condition):
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if self.eval(condition):
                return
            time.sleep(0.02)
        raise RuntimeError("never: %s\n%s" % (condition, self.complaints()))

    def eval(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError("%s: %s" % (expression, answer["exceptionDetails"].get("exception", {}).get(
                "description", answer["exceptionDetails"]["text"])))
        return answer["result"].get("value")

    def text(self, name):
        return self.eval("document.getElementById(%s).textContent" % json.dumps(name))

    def theme(self, theme, still=False):
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": theme},
            {"name": "prefers-reduced-motion", "value": "reduce" if still else "no-preference"}])

    def key(self, key, shift=False):
        parameters = {"key": key, "modifiers": 8 if shift else 0}
        if key in CODES:
            parameters.update(windowsVirtualKeyCode=CODES[key], code=key)
        if len(key) == 1:
            parameters["text"] = key
        self.call("Input.dispatchKeyEvent", type="keyDown", **parameters)
        self.call("Input.dispatchKeyEvent", type="keyUp", **{k: v for k, v in parameters.items() if k != "text"})

    def point(self, x, y, kind="mouseMoved", **more):
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    def screenshot(self, path, whole=False, clip=None):
        more = {"clip": dict(clip, scale=1)} if clip else {}
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole, **more)["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))

    def complaints(self):
        """What went wrong in the page: exceptions, errors in its console, refused loads."""
        found = []
        for event in self.browser.events:
            if event.get("sessionId") != self.session:
                continue
            method, parameters = event["method"], event["params"]
            if method == "Runtime.exceptionThrown":
                found.append(parameters["exceptionDetails"].get("exception", {}).get("description", "exception"))
            elif method == "Log.entryAdded" and parameters["entry"]["level"] == "error":
                found.append(parameters["entry"]["text"])
        return found

    def requests(self):
        """The addresses asked for, but those that hold their data themselves."""
        return [event["params"]["request"]["url"] for event in self.browser.events
                if event.get("sessionId") == self.session and event["method"] == "Network.requestWillBeSent" and
                not event["params"]["request"]["url"].startswith("data:")]

    def close(self):
        self.browser.call("Target.closeTarget", targetId=self.target)
        self.browser.events = [e for e in self.browser.events if e.get("sessionId") != self.session]
