// Gradio makes what is hidden when it is first shown.
const focus = () => element.querySelector("[tabindex]")?.focus();
watch("value", focus);
focus();
