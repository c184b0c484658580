element.addEventListener("click", (event) => {
  const button = event.target.closest('button[name="narrow"]');
  if (button) trigger("narrow", { days: button.value });
});
