"use strict";
// Shows what the server sends of a run that goes on. What a viewer did (unfolded, zoomed, scrolled) stays as it is.
(() => {
  const main = document.querySelector("main"), nav = document.querySelector(".top nav");
  const told = document.querySelector(".live"), save = document.querySelector("button.save");
  // What the script of the charts put there is its own.
  const KEPT = ".plot, .said, .data > .scroll";
  const alike = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName && a.id === b.id;

  const attributes = (old, fresh) => {
    for (const { name, value } of fresh.attributes) {
      const own = name === "open" && old.nodeName === "DETAILS";
      if (!own && old.getAttribute(name) !== value) old.setAttribute(name, value);
    }
    for (const { name } of Array.from(old.attributes)) {
      const own = name === "open" && old.nodeName === "DETAILS";
      if (!own && !fresh.hasAttribute(name)) old.removeAttribute(name);
    }
  };
  // Makes the old children those of the fresh element; what is there already is changed and not replaced.
  const children = (old, fresh) => {
    let at = old.firstChild;
    for (const child of Array.from(fresh.childNodes)) {
      if (child.id) {
        let same = at;
        while (same && !alike(same, child)) same = same.nextSibling;
        while (same && at !== same) {
          const gone = at;
          at = at.nextSibling;
          gone.remove();
        }
      }
      if (at && alike(at, child)) {
        const next = at.nextSibling;
        morph(at, child);
        at = next;
      } else old.insertBefore(child, at);
    }
    while (at) {
      const gone = at;
      at = at.nextSibling;
      gone.remove();
    }
  };
  const morph = (old, fresh) => {
    if (old.nodeType !== Node.ELEMENT_NODE) {
      if (old.data !== fresh.data) old.data = fresh.data;
      return;
    }
    if (!old.matches(KEPT)) {
      attributes(old, fresh);
      children(old, fresh);
    } else if (old.classList.contains("plot")) attributes(old, fresh);
  };
  const parsed = (name, html) => {
    const element = document.createElement(name);
    element.innerHTML = html;
    return element;
  };

  let file;
  const take = (state) => {
    document.title = state.title;
    children(nav, parsed("nav", state.nav));
    children(main, parsed("main", state.main));
    dispatchEvent(new CustomEvent("charts", { detail: state.charts }));
    told.textContent = state.over ? "over" : state.at;
    told.classList.toggle("on", !state.over);
    if (state.file) {
      file = state.file;
      save.hidden = false;
    }
  };
  save.addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([file], { type: "text/html" }));
    link.download = "report.html";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  });

  const source = new EventSource(`events${location.search}`);
  let over = false;
  source.addEventListener("state", (event) => {
    const state = JSON.parse(event.data);
    take(state);
    over = state.over;
    if (over) source.close();
  });
  // The server's last word where there is no result.
  source.addEventListener("end", () => {
    source.close();
    if (!over) told.textContent = "ended without a result";
    told.classList.remove("on");
  });
  source.addEventListener("error", () => {
    told.classList.remove("on");
    if (over) return;
    told.textContent = source.readyState === EventSource.CLOSED ? "not fed: too many pages are open" : "no connection: the run has ended, or its machine cannot be reached";
  });
})();
