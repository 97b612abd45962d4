// A day at the desk, for screenshots and for trying things out.
export async function fill(desk) {
  const mail = (from, subject, text, more) => desk.email(from, subject, text, more);
  const act = (number, action, body = {}) => desk.api('POST', `/api/v1/cases/${number}/${action}`, body);
  await mail('biuro@kwiaciarnia.example', 'Zmiana hasła do poczty', 'Dzień dobry,\n\nproszę o zmianę hasła dla p. Ewy.\n\nPozdrawiam\nHalina Wrona\nKwiaciarnia Wrona\ntel. +48 602 333 444');
  await desk.advance(3 * 3600);
  await mail('j.nowak@hurtownia.example', 'Drukarka etykiet na magazynie', 'Od rana drukuje puste etykiety. Wymiana rolki nie pomogła.\n\nJan Nowak\nHurtownia Zbożowa\n601 222 333');
  await act(2, 'read');
  await act(2, 'answer', { text: 'Dzień dobry,\n\nproszę sprawdzić, czy rolka jest założona stroną termiczną do głowicy: zarysowana paznokciem ma ciemnieć.\n\nPozdrawiam\nEla' });
  await desk.advance(1800);
  await mail('anna.kowalska@klient.example', 'Serwer plików bardzo wolny', 'Dzień dobry,\n\notwieranie faktur trwa po kilka minut, u wszystkich. Zaczęło się około dziewiątej.\n\nAnna Kowalska\nKlient Sp. z o.o.\ntel. +48 601 234 567');
  await act(3, 'read');
  await act(3, 'note', { text: 'Macierz przebudowuje się po wymianie dysku (zlecenie z wczoraj). Potrwa do ok. 14.' });
  await desk.advance(600);
  await desk.lose('email');
  await mail('p.zielinski@apteka.example', 'Kasa fiskalna nie łączy się', 'Kasa 2 nie łączy się z systemem.');
  await desk.sms('+48605111222', 'Dzien dobry, wyslalem email w sprawie kasy. Apteka stoi, kolejka do drzwi. P. Zielinski');
  await desk.advance(420);
  await mail('marta@architekci.example', 'Licencja na program do rzutów', 'Czy można dokupić jedną licencję? Nie pilne.\n\nMarta Sikora');
  await act(5, 'read');
  await act(5, 'ask', { text: 'Dzień dobry, która wersja jest potrzebna: roczna czy trzyletnia?' });
  await mail('recepcja@hotel.example', 'Internet w pokojach', 'Goście zgłaszają brak internetu na trzecim piętrze.\n\nRecepcja Hotel Pod Lwem');
  await mail('biuro@kancelaria.example', 'Skaner nie wysyła na email', 'Skaner zgłasza błąd 0x4 przy wysyłaniu.\n\nKancelaria Rak i Wspólnicy');
  await act(7, 'settle').catch(() => {});
  await mail('kontakt@szkola.example', 'Nowe stanowisko w sekretariacie', 'Od poniedziałku zaczyna nowa osoba. Prosimy o przygotowanie komputera.');
  await desk.advance(240);
}

// The rest of that day: a failure, calls that were not taken meanwhile, and mail that was set aside.
export async function fillMore(desk) {
  for (const [of, subject, text] of [
    ['urgent', 'Łącze w oddziale zrywa się co kilka minut', 'Od rana, na obu łączach. Router był wyłączany.'],
    ['critical', 'Brak prądu w serwerowni', 'UPS ma kwadrans.'],
  ])
    await desk.api('POST', '/api/v1/sent-reports', { class: of, subject, text });
  const outages = '/api/v1/outages';
  await desk.api('POST', outages, {
    title: 'Poczta w chmurze',
    public_text: 'Poczta odbiera i wysyła z opóźnieniem do pół godziny. Dostawca usuwa awarię.',
  });
  await desk.advance(1200);
  await desk.api('POST', `${outages}/1/end`, { public_text: 'Poczta działa bez opóźnień.' });
  for (const from of ['+48602333444', '+48605111222']) await desk.ask('POST', '/sandbox/call', { from });
  await desk.api('POST', outages, {
    title: 'Internet w hotelu',
    public_text: 'Nie działa internet na trzecim piętrze. Wymieniamy przełącznik.',
    expected_end: new Date(Date.parse((await desk.world()).now) + 5400_000).toISOString(),
    cases: [6],
  });
  for (const from of ['+48601234567', '+48607700700']) await desk.ask('POST', '/sandbox/call', { from });
  await desk.email('gazetka@sklep.example', 'Promocje tygodnia', 'Tylko dziś taniej.', { headers: { Precedence: 'bulk' } });
  await desk.email('kontakt@szkola.example', 'Automatyczna odpowiedź', 'Jestem na urlopie do piątku.', {
    headers: { 'Auto-Submitted': 'auto-replied' },
  });
}
