// In whole documents: a link to a place in them moves the page around, whose part the document is.
(function () {
  "use strict";
  addEventListener("click", function (event) {
    var link = event.target.closest ? event.target.closest("a[href^='#']") : null;
    if (!link || event.defaultPrevented) return;
    var name = decodeURIComponent(link.getAttribute("href").slice(1));
    var place = name ? document.getElementById(name) || document.getElementsByName(name)[0] : document.documentElement;
    if (place) parent.postMessage({ almanac: "place", top: place.getBoundingClientRect().top }, "*");
  });
})();
