element.addEventListener("click", (event) => {
  const button = event.target.closest("button[name]");
  if (button?.name === "quoted") trigger("quoted", { value: button.value });
  if (button?.name === "named") trigger("named", { value: button.value });
  if (button?.name !== "close") return;
  trigger("close");
  window.newsbot?.closed();
});
watch("value", () => window.newsbot?.opened(element));
