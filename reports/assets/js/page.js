"use strict";
(() => {
  const all = (selector, within) => Array.from((within || document).querySelectorAll(selector));

  // A link into a folded part unfolds it first; the browsers that do so themselves lose nothing.
  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let part = target; part; part = part.parentElement) {
      if (part.tagName === "DETAILS") part.open = true;
      if (part.classList.contains("case")) part.hidden = false;
    }
    target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("a[href^='#']");
    if (link && link.getAttribute("href") === location.hash) reveal();
  });
  reveal();

  // Paper cannot be unfolded: what is folded away to save room is opened for it, and charts are drawn for it.
  const root = document.documentElement;
  const print = (on) => {
    if (root.classList.contains("printing") === on) return;
    root.classList.toggle("printing", on);
    for (const fold of all("details.fold, details.more-data")) {
      if (on) fold.dataset.was = String(fold.open);
      fold.open = on || fold.dataset.was === "true";
    }
    dispatchEvent(new Event("printing"));
  };
  addEventListener("beforeprint", () => print(true));
  addEventListener("afterprint", () => print(false));
  matchMedia("print").addEventListener("change", (event) => print(event.matches));

  for (const button of all("button.copy")) {
    const code = button.closest("figure").querySelector("code");
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(code.textContent);
      } catch {
        // Not every browser lets a file from disk use the clipboard: mark the text, and let the old way copy it.
        getSelection().selectAllChildren(code);
        document.execCommand("copy");
      }
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
  }

  // What the mouse or the key points at says its figures; screen readers have them as its label.
  const tip = document.body.appendChild(document.createElement("div"));
  tip.className = "tip";
  tip.hidden = true;
  const show = (marked) => {
    tip.hidden = !marked;
    if (!marked) return;
    tip.textContent = marked.dataset.tip;
    const box = marked.getBoundingClientRect();
    tip.style.left = `${Math.max(8, Math.min(innerWidth - tip.offsetWidth - 8, box.left + box.width / 2 - tip.offsetWidth / 2))}px`;
    tip.style.top = `${box.top - tip.offsetHeight - 6 > 0 ? box.top - tip.offsetHeight - 6 : box.bottom + 6}px`;
  };
  const explain = (event) => show(event.target instanceof Element && event.target.closest("[data-tip]"));
  addEventListener("mouseover", explain);
  addEventListener("focusin", explain);
  // What was scrolled away is pointed at no longer; what is still under the mouse takes its figures along.
  addEventListener("scroll", () => show(document.querySelector("[data-tip]:hover, [data-tip]:focus")), true);

  const only = document.querySelector("#only");
  if (only) {
    only.closest("label").hidden = false;
    only.addEventListener("change", () => only.closest("section").classList.toggle("only", only.checked));
  }

  const form = document.querySelector("form.filter");
  if (!form) return;
  const groups = all("details.group").map((group) => ({
    group,
    cells: all("tbody", group).map((cell) => ({
      cell,
      cases: all("tr.case", cell).map((row) => ({ row, verdict: row.dataset.v, text: row.textContent.toLowerCase() })),
    })),
  }));
  const filter = () => {
    const words = form.querySelector("#filter").value.toLowerCase().split(/\s+/).filter(Boolean);
    const verdicts = new Set(all("input[name=verdict]:checked", form).map((box) => box.value));
    const narrowed = words.length > 0 || verdicts.size < all("input[name=verdict]", form).length;
    let matches = 0, total = 0;
    for (const { group, cells } of groups) {
      let here = 0;
      for (const { cell, cases } of cells) {
        let any = 0;
        for (const { row, verdict, text } of cases) {
          const matching = verdicts.has(verdict) && words.every((word) => text.includes(word));
          row.hidden = !matching;
          any += matching;
        }
        cell.hidden = any === 0;
        here += any;
        total += cases.length;
      }
      group.hidden = here === 0;
      if (narrowed) group.open = here > 0 && here <= 200;
      matches += here;
    }
    form.querySelector("output").textContent = narrowed ? `${matches} of ${total} cases` : "";
  };
  form.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
})();
