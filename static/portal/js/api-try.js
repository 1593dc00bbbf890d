// The page of the API: send a request of one's own, and see the answer. The token stays in this page.
(() => {
  const token = document.querySelector('#try-token');
  const cookie = (name) =>
    document.cookie.split('; ').find((each) => each.startsWith(`${name}=`))?.split('=')[1];

  const address = (form) => {
    const asked = new URLSearchParams();
    let path = form.dataset.path;
    for (const input of form.querySelectorAll('input')) {
      if (input.dataset.place === 'path') {
        path = path.replace(`{${input.name}}`, encodeURIComponent(input.value).replaceAll('%2F', '/'));
      } else if (input.value) asked.append(input.name, input.value);
    }
    return asked.size ? `${path}?${asked}` : path;
  };

  const request = (form) => {
    const headers = token.value
      ? { Authorization: `Token ${token.value.trim()}` }
      : { 'X-CSRFToken': cookie('csrftoken') ?? '' };
    const body = form.querySelector('textarea')?.value;
    if (body) headers['Content-Type'] = 'application/json';
    return { method: form.dataset.method, headers, body, credentials: token.value ? 'omit' : 'same-origin' };
  };

  const spelled = (text) => {
    try {
      return JSON.stringify(JSON.parse(text), null, 2);
    } catch {
      return text;
    }
  };

  document.addEventListener('submit', async (event) => {
    const form = event.target.closest('[data-path]');
    if (!form) return;
    event.preventDefault();
    const [words, shown] = [form.querySelector('output'), form.querySelector('pre')];
    words.textContent = 'Sending …';
    try {
      const answer = await fetch(address(form), request(form));
      words.textContent = `${answer.status} ${answer.statusText} · ${address(form)}`;
      shown.textContent = spelled(await answer.text());
      shown.hidden = !shown.textContent;
    } catch {
      words.textContent = 'The portal did not answer. Look whether it is there, and send it again.';
    }
  });
})();
