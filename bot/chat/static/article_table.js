// What is selected is kept here and not on the server: it outlasts searching, sorting and turning
// pages, costs no request for a box, and two quick clicks cannot overtake each other.
const selected = new Set();
const mark = () => {
  const boxes = [...element.querySelectorAll('input[name="select"]')];
  for (const box of boxes) box.checked = selected.has(box.value);
  const all = element.querySelector('input[name="select-page"]');
  if (!all) return;
  const here = boxes.filter((box) => box.checked).length;
  all.checked = here === boxes.length;
  all.indeterminate = here > 0 && here < boxes.length;
  const bar = element.querySelector(".selection");
  bar.querySelector("[role=status]").textContent = selected.size ? `${selected.size} selected` : "";
  for (const button of bar.querySelectorAll("button")) button.hidden = !selected.size;
};
element.addEventListener("change", (event) => {
  const all = event.target.name === "select-page";
  if (!all && event.target.name !== "select") return;
  for (const box of all ? element.querySelectorAll('input[name="select"]') : [event.target]) {
    if (event.target.checked) selected.add(box.value);
    else selected.delete(box.value);
  }
  mark();
});
element.addEventListener("click", (event) => {
  const button = event.target.closest("button[name]");
  if (!button) return;
  if (button.name === "open") trigger("open", { value: button.value });
  if (button.name === "sort") trigger("sort", { value: button.value });
  if (button.name === "named") trigger("named", { value: button.value });
  if (button.name === "quotes") trigger("quotes", { value: button.value });
  if (button.name === "turn") trigger("turn", { value: button.value });
  if (button.name === "remove-selected") trigger("removal", { ids: [...selected] });
  if (button.name === "ask-selected") trigger("only", { ids: [...selected] });
  if (button.name === "clear-selection") {
    selected.clear();
    mark();
    element.querySelector('input[name="select-page"]').focus();
  }
});
watch("value", () => {
  mark();
  // A refresh that was begun before words were typed may end after their search: it is done again.
  const box = document.querySelector("#search textarea, #search input");
  setTimeout(() => box && box.value !== props.words && trigger("stale"), 500);
});
watch("gone", () => {
  for (const id of props.gone) selected.delete(id);
  mark();
});
