() => {
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const scroll = (element, block) =>
    element.scrollIntoView({ behavior: calm.matches ? "auto" : "smooth", block });
  let opener = null; // what the keyboard goes back to when a reading pane is closed

  // The page's address may carry a query, and then "#source-1-1" would be another page: so the
  // markers are followed here. That also opens a folded group and moves the keyboard's focus.
  const follow = (marker) => {
    document.querySelector('#reading [name="close"]')?.click();
    const card = document.getElementById(marker.getAttribute("href").slice(1));
    if (!card) return;
    const folded = card.closest("details");
    if (folded) folded.open = true;
    requestAnimationFrame(() => {
      scroll(card, "nearest");
      card.focus({ preventScroll: true });
    });
  };

  const toClipboard = async (text) => {
    if (navigator.clipboard) {
      await navigator.clipboard.writeText(text);
      return;
    }
    // A page that came over plain http from another machine has no other way.
    const focused = document.activeElement;
    const box = document.createElement("textarea");
    box.value = text;
    document.body.append(box);
    box.select();
    document.execCommand("copy");
    box.remove();
    focused?.focus();
  };

  const copy = async (button) => {
    await toClipboard(document.getElementById(`copied-${button.value}`)?.textContent ?? "");
    const words = button.textContent;
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = words), 1500);
  };

  const reword = (question) => {
    const box = document.querySelector("#question textarea");
    box.value = question;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
  };

  document.addEventListener("click", (event) => {
    const marker = event.target.closest?.('a[href^="#source-"]');
    if (marker) {
      event.preventDefault();
      follow(marker);
    }
    const button = event.target.closest?.("button[name]");
    if (button?.name === "copy") copy(button);
    if (button?.name === "csv") {
      const table = document.getElementById(`table-${button.value}`)?.textContent ?? "";
      window.newsbot.save("newsbot.csv", table);
    }
    if (button?.name === "reword") reword(button.textContent);
  });
  // Before the panes' own listeners, which may take the button that has the focus away.
  document.addEventListener(
    "click",
    (event) => {
      const button = event.target.closest?.("button[name]");
      if (["read", "how", "open", "quotes"].includes(button?.name)) opener = button;
    },
    true,
  );
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const pane = [...document.querySelectorAll(".pane")].find((one) => one.offsetParent);
    pane?.querySelector('[name="close"]')?.click();
  });

  const isDay = (text) => {
    const day = new Date(`${text}T00:00:00Z`);
    return !Number.isNaN(day.valueOf()) && day.toISOString().startsWith(text); // no 30 February
  };
  const labelled = (label) => ({ __type__: "update", label });

  window.newsbot = {
    opened(element) {
      if (!element.querySelector(".pane")) return;
      const here = element.querySelector("mark.here") ?? element.querySelector(".pane-title");
      here.scrollIntoView({ block: here.matches("mark") ? "center" : "nearest" });
      here.focus({ preventScroll: true });
    },
    closed() {
      const back = opener;
      opener = null;
      requestAnimationFrame(() => back?.isConnected && back.focus());
    },
    link(address) {
      if (address) return toClipboard(new URL(address, location.href).href);
    },
    save(name, text) {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    },
    // The line of the filters, told here and not by the server: two fields may change at once, and
    // of two questions to the server the older one may be answered last.
    filtered(since, until, sources, articles, named) {
      const [from, to] = [since, until].map((day) => (day ?? "").trim().slice(0, 10));
      if (![from, to].every((day) => !day || isDay(day)) || (from && to && from > to)) {
        return labelled("Only articles: not a date");
      }
      let days = from ? `from ${from}` : to && `until ${to}`;
      if (from && to) days = from === to ? from : `${from} to ${to}`;
      const only = articles?.length ?? 0;
      const count = only && (only === 1 ? "1 article" : `${only} articles`);
      const names = [...(sources ?? []), ...(named ?? [])].join(", ").replace(TURNING, "");
      const parts = [days, names, count].filter(Boolean);
      return labelled(parts.length ? `Only articles: ${parts.join(" · ")}` : "Dates, sources, names, articles");
    },
  };

  // What Gradio leaves without a name, or names with its source, tags and all: a screen reader is
  // to read what is shown.
  const NAMES = { "button.calendar": "Choose a day", "textarea.edit-textarea": "The question" };
  // Gradio shows the names of chosen files as they are: those that turn the writing direction would
  // show "exe.txt" for what ends in ".exe".
  const TURNING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
  const straighten = () => {
    const files = document.getElementById("files");
    const texts = files && document.createTreeWalker(files, NodeFilter.SHOW_TEXT);
    while (texts?.nextNode()) {
      const straight = texts.currentNode.data.replace(TURNING, "");
      if (straight !== texts.currentNode.data) texts.currentNode.data = straight;
    }
  };
  const name = () => {
    straighten();
    for (const list of document.querySelectorAll('#conversation .examples[role="list"]')) {
      list.setAttribute("role", "group"); // Gradio's list has buttons for items
    }
    for (const day of document.querySelectorAll("input.time:not([aria-label])")) {
      const label = day.closest(".block")?.querySelector('[data-testid="block-info"]');
      if (label) day.setAttribute("aria-label", label.textContent.trim());
    }
    for (const message of document.querySelectorAll(
      "#conversation [data-testid][aria-label*='message:']",
    )) {
      message.removeAttribute("aria-label");
    }
    for (const [selector, words] of Object.entries(NAMES)) {
      for (const nameless of document.querySelectorAll(`${selector}:not([aria-label])`)) {
        nameless.setAttribute("aria-label", words);
      }
    }
  };
  new MutationObserver(name).observe(document.body, {
    attributeFilter: ["aria-label"],
    childList: true,
    subtree: true,
  });
}
