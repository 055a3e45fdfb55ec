/** The page's frame. Everything that changes is put in by the script, as text. */
export const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Tradewind</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/console.css">
<script src="/console.js" defer></script>
</head>
<body>
<header>
  <h1>Tradewind</h1>
  <p id="state" class="state" role="status">connecting</p>
</header>
<main>
  <noscript><p class="note">This page is drawn by a script. The same facts are at /v1/regions, /v1/health and /v1/events.</p></noscript>

  <form id="door" class="panel" hidden>
    <h2><label for="token">Operators' token</label></h2>
    <p class="note">It is kept in this tab only and sent to this server only.</p>
    <p class="row"><input id="token" type="password" autocomplete="off" spellcheck="false" required><button>Open</button></p>
    <p id="door-error" class="bad" role="alert"></p>
  </form>

  <div id="facts" hidden>
    <dl id="tiles" class="tiles"></dl>

    <section id="faults" class="panel fault" aria-labelledby="faults-title" hidden>
      <h2 id="faults-title">Faults that are on</h2>
      <ul id="fault-list"></ul>
    </section>

    <section class="panel" aria-labelledby="served-title">
      <h2 id="served-title">Who is served from where</h2>
      <p id="served-note" class="note"></p>
      <ul id="legend" class="legend"></ul>
      <div id="served" class="served"></div>
    </section>

    <section class="panel" aria-labelledby="pools-title">
      <h2 id="pools-title">Pools and endpoints</h2>
      <div id="pools" class="pools"></div>
      <p id="pools-more" class="note"></p>
    </section>

    <section class="panel" aria-labelledby="regions-title">
      <h2 id="regions-title">Regions</h2>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="regions-title">
        <table>
          <thead><tr>
            <th scope="col">Region</th><th scope="col">Version</th><th scope="col">Next alarm</th>
            <th scope="col">Last round</th><th scope="col">Probes</th><th scope="col">Beat</th>
            <th scope="col">Isolates</th><th scope="col">Colos that report</th>
          </tr></thead>
          <tbody id="regions"></tbody>
        </table>
      </div>
    </section>

    <section class="panel" aria-labelledby="events-title">
      <h2 id="events-title">Latest events</h2>
      <ol id="events" class="events"></ol>
    </section>
  </div>
</main>
</body>
</html>
`;
