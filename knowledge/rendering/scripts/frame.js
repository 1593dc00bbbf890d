// First in every output document. The frame's policy is the wall; this keeps what is stopped there from being
// an error, says what is missing, and tells the page around how tall the document is.
(function () {
  "use strict";
  var vendor = "almanac-vendor:";
  var sites = [];
  var failure = "";
  var patient = false;

  // Connections between browsers are beyond any policy of a page.
  ["RTCPeerConnection", "webkitRTCPeerConnection"].forEach(function (name) {
    if (name in window) Object.defineProperty(window, name, { value: undefined, configurable: false });
  });

  function site(address) {
    try {
      var url = new URL(address, document.baseURI);
      if (!/^(https?|wss?|ftp):$/.test(url.protocol) || url.href.indexOf(vendor) === 0) return "";
      return url.host;
    } catch (_) {
      return "";
    }
  }

  function refuses(address) {
    var host = site(String(address));
    if (!host) return false;
    remember(host);
    return true;
  }
  // A page in this page has no room of its own to say it.
  function remember(host) {
    if (sites.length > 9 || sites.indexOf(host) >= 0) return;
    sites.push(host);
    setTimeout(say, 300);
    if (location.protocol === "about:") parent.postMessage({ almanac: "outside", site: host }, "*");
  }
  addEventListener("message", function (event) {
    var said = event.data;
    if (said && said.almanac === "outside" && typeof said.site === "string" && event.source !== parent) {
      remember(said.site.slice(0, 100));
    }
  });

  function failed(target) {
    setTimeout(function () { target.dispatchEvent(new Event("error")); });
  }

  function guard(type, name) {
    var own = Object.getOwnPropertyDescriptor(type.prototype, name);
    Object.defineProperty(type.prototype, name, {
      configurable: true,
      enumerable: true,
      get: own.get,
      set: function (address) {
        if (refuses(address)) return failed(this);
        own.set.call(this, address);
      }
    });
  }
  guard(HTMLImageElement, "src");
  guard(HTMLScriptElement, "src");
  guard(HTMLIFrameElement, "src");
  guard(HTMLMediaElement, "src");
  guard(HTMLLinkElement, "href");

  var loads = { IMG: "src", SCRIPT: "src", IFRAME: "src", VIDEO: "src", AUDIO: "src", LINK: "href", image: "href" };
  var setAttribute = Element.prototype.setAttribute;
  Element.prototype.setAttribute = function (name, value) {
    if (loads[this.tagName] === String(name).toLowerCase() && refuses(value)) return failed(this);
    return setAttribute.call(this, name, value);
  };

  var fetched = window.fetch;
  window.fetch = function (what) {
    if (refuses(what && what.url ? what.url : what)) return Promise.reject(new TypeError("Nothing is loaded from other sites."));
    return fetched.apply(this, arguments);
  };
  var open = XMLHttpRequest.prototype.open;
  var send = XMLHttpRequest.prototype.send;
  XMLHttpRequest.prototype.open = function (method, address) {
    this.almanacRefused = refuses(address);
    return open.call(this, method, this.almanacRefused ? "data:," : address);
  };
  XMLHttpRequest.prototype.send = function () {
    if (!this.almanacRefused) return send.apply(this, arguments);
    this.dispatchEvent(new ProgressEvent("error"));
    this.dispatchEvent(new ProgressEvent("loadend"));
  };

  // A line that would be kept open breaks at once.
  ["WebSocket", "EventSource"].forEach(function (name) {
    var own = window[name];
    function Line(address) {
      refuses(address);
      var line = Reflect.construct(EventTarget, [], Line);
      line.url = String(address);
      line.readyState = own.CLOSED;
      setTimeout(function () { ["error", "close"].forEach(tellOf, line); });
      return line;
    }
    function tellOf(kind) {
      var event = new Event(kind);
      if (typeof this["on" + kind] === "function") this["on" + kind](event);
      this.dispatchEvent(event);
    }
    ["CONNECTING", "OPEN", "CLOSING", "CLOSED"].forEach(function (state) { Line[state] = own[state]; });
    Line.prototype = Object.create(EventTarget.prototype);
    Line.prototype.send = Line.prototype.close = function () {};
    window[name] = Line;
  });
  navigator.sendBeacon = function (address) {
    refuses(address);
    return false;
  };

  addEventListener("error", function (event) {
    if (event instanceof ErrorEvent) fail(event, event.message);
  });
  addEventListener("unhandledrejection", function (event) {
    fail(event, String((event.reason && event.reason.message) || event.reason));
  });
  function fail(event, message) {
    event.preventDefault();
    console.info("A script of this output failed: " + message);
    failure = failure || message;
    setTimeout(say, 1500);
  }

  function own(element) {
    return element.id === "almanac-note" || element.id === "almanac-plain";
  }
  function isBlank(lowest) {
    return !Array.prototype.some.call(document.body.childNodes, function (node) {
      if (node.nodeType === 3) return node.data.trim() !== "";
      return node.nodeType === 1 && !own(node) && node.getBoundingClientRect().height > lowest;
    });
  }

  function say() {
    if (!document.body) return;
    var words = [];
    if (sites.length) words.push("Parts of this come from other sites (" + sites.slice(0, 3).join(", ") + (sites.length > 3 ? ", ..." : "") + ") and are not loaded from there.");
    if (failure && isBlank(12)) words.push("This output could not be drawn" + (/^Script error/.test(failure) ? "." : ": " + failure.slice(0, 200)));
    if (!words.length && patient && isBlank(2)) words.push("This output shows nothing here: what drew it ran in the notebook, or lies elsewhere.");
    var note = document.getElementById("almanac-note");
    if (!note && words.length) {
      note = document.createElement("p");
      note.id = "almanac-note";
      document.body.appendChild(note);
    }
    if (note && note.textContent !== words.join(" ")) note.textContent = words.join(" ");
    if (note) note.hidden = !words.length;
    var plain = document.getElementById("almanac-plain");
    if (plain) plain.hidden = !(words.length && patient && isBlank(12));
  }
  addEventListener("load", function () {
    setTimeout(function () {
      patient = true;
      say();
      new MutationObserver(say).observe(document.body, { childList: true });
    }, 2500);
  });

  // A document as tall as its frame, and a little more, would grow with every report. What grows because its frame
  // did does so in the same moment; what a reader unfolds, later.
  var MOMENT = 400;
  var last = 0;
  var width = 0;
  var chased = 0;
  var resized = -MOMENT;
  addEventListener("resize", function () {
    if (innerWidth === width) resized = performance.now();
    width = innerWidth;
  });
  function tallest() {
    var height = Math.max(document.body.scrollHeight, document.body.offsetHeight);
    var children = document.body.children;
    for (var i = 0; i < children.length && i < 50; i++) {
      if (getComputedStyle(children[i]).position === "fixed") continue;
      height = Math.max(height, children[i].getBoundingClientRect().bottom + scrollY);
    }
    var root = document.documentElement;
    return Math.ceil(height) + (root.scrollWidth > root.clientWidth ? innerHeight - root.clientHeight : 0);
  }
  function tell() {
    if (!document.body) return;
    var height = tallest();
    if (!height || height === last) return;
    if (document.getElementById("almanac-note")) say();
    // Nothing is there yet: what draws takes a moment.
    if (height < 24 && performance.now() < 1500) return setTimeout(tell, 500);
    if (performance.now() - resized > MOMENT) chased = 0;
    else if (height > last && ++chased > 3) return;
    last = height;
    parent.postMessage({ almanac: "height", height: height }, "*");
  }
  // A picture that isn't there leaves its words, not a broken frame. Scripts keep theirs.
  addEventListener("error", function (event) {
    var image = event.target;
    if (!event.isTrusted || !(image instanceof HTMLImageElement) || !image.isConnected || image.onerror) return;
    var note = document.createElement("span");
    note.className = "almanac-failed";
    note.textContent = "Image missing" + (image.alt ? ": " + image.alt.slice(0, 200) : "");
    image.style.display = "none";
    image.after(note);
  }, true);

  function look() {
    document.querySelectorAll("[data-outside-src]").forEach(function (element) {
      refuses(element.getAttribute("data-outside-src"));
    });
  }
  // The page around may have begun to listen only now.
  addEventListener("message", function (event) {
    if (event.source !== parent || !event.data || event.data.almanac !== "how tall") return;
    last = 0;
    tell();
  });
  addEventListener("load", tell);
  addEventListener("DOMContentLoaded", function () {
    width = innerWidth;
    look();
    tell();
    new ResizeObserver(tell).observe(document.body);
    new MutationObserver(tell).observe(document.body, { childList: true, subtree: true });
  });
})();
