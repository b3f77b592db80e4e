// Helpers for the page's elements. What people write becomes text nodes, never markup.

export const byId = (id) => document.getElementById(id);

export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children);
  return node;
}

// Live regions are announced whenever their text is set, so we set it only when it changes.
export function setText(node, words) {
  if (node.textContent !== words) node.textContent = words;
}

export function onClick(id, action) {
  byId(id).addEventListener('click', () => action());
}

export function onSubmit(id, action) {
  byId(id).addEventListener('submit', (event) => {
    event.preventDefault();
    action();
  });
}

// Shows below a field what is wrong with it; '' means nothing. Returns whether something is.
export function markField(input, problem) {
  byId(input.getAttribute('aria-describedby')).textContent = problem;
  if (problem) input.setAttribute('aria-invalid', 'true');
  else input.removeAttribute('aria-invalid');
  return problem !== '';
}

export const plural = (count, one, many) => `${count} ${count === 1 ? one : many}`;
