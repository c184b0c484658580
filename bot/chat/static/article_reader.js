element.addEventListener("click", (event) => {
  if (!event.target.closest('button[name="close"]')) return;
  trigger("close");
  window.newsbot?.closed();
});
watch("value", () => window.newsbot?.opened(element));
