// A click anywhere on the page on a button that opens something to read: such buttons stand in the
// conversation and in the sources, and the reading pane answers for all of them.
document.addEventListener("click", (event) => {
  const button = event.target.closest("#ask-tab button[name]");
  if (!button) return;
  const [turn, number] = button.value.split("/").map(Number);
  const form = button.value.split("/")[1];
  if (button.name === "read") trigger("read", { turn, number });
  if (button.name === "how") trigger("how", { turn });
  if (button.name === "cite") trigger("cite", { turn, form });
  if (button.name === "link") trigger("link", { turn });
  if (button.name === "alone") trigger("alone", { turn });
  if (button.name === "timeline") trigger("timeline", { turn });
  if (button.name === "named") trigger("named", { name: button.value });
  if (button.name === "quotes") trigger("quotes", { name: button.value });
  if (button.name === "quoted") trigger("quoted", { place: button.value });
  if (button.name === "only") {
    trigger("only", { turn, number });
    document.querySelector("#question textarea")?.focus();
  }
  if (button.name === "close") {
    props.value = "";
    window.newsbot?.closed();
  }
});
watch("value", () => window.newsbot?.opened(element));
