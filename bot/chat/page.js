() => {
  // The page's address may carry a query, and then "#source-1-1" would be another page: so the
  // markers are followed here. That also opens a folded group and moves the keyboard's focus.
  document.addEventListener("click", (event) => {
    const marker = event.target.closest?.('a[href^="#source-"]');
    if (!marker) return;
    event.preventDefault();
    const card = document.getElementById(marker.getAttribute("href").slice(1));
    if (!card) return;
    const folded = card.closest("details");
    if (folded) folded.open = true;
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    card.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "nearest" });
    card.focus({ preventScroll: true });
  });

  // Gradio labels each message with its source, tags and all. Without the label a screen reader
  // reads what is shown.
  const unlabel = () => {
    for (const message of document.querySelectorAll(
      "#conversation [data-testid][aria-label*='message:']",
    )) {
      message.removeAttribute("aria-label");
    }
  };
  new MutationObserver(unlabel).observe(document.body, {
    attributeFilter: ["aria-label"],
    childList: true,
    subtree: true,
  });
}
