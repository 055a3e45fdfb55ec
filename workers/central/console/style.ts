/** The page's looks: the system's fonts, the reader's choice of light or dark, no colour that speaks alone. */
export const STYLE = `:root {
  --ground: #f5f6f8; --panel: #fff; --ink: #161b22; --soft: #5b6572; --line: #dfe3e8;
  --good: #14784a; --bad: #b3261e; --odd: #8a5a00; --accent: #0b62c4; --shade: #eef1f4;
  --tone-0: #2f7ed8; --tone-1: #e08a1e; --tone-2: #2fa36b; --tone-3: #a35ad1;
  --tone-4: #d1495b; --tone-5: #1b998b; --tone-6: #7a7f14; --tone-7: #5b6dcd;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0e1116; --panel: #161b22; --ink: #e6ebf1; --soft: #96a1ae; --line: #2a313b;
    --good: #4cc38a; --bad: #ff8b82; --odd: #e3b341; --accent: #6cb2ff; --shade: #1e252e;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
header { display: flex; align-items: baseline; gap: 1rem; max-width: 76rem; margin: auto; padding: 1.5rem 1.25rem .5rem; }
h1 { font-size: 1.35rem; letter-spacing: -.02em; margin: 0; }
h2 { font-size: 1rem; margin: 0 0 .75rem; }
h3 { font-size: .95rem; margin: 0; overflow-wrap: anywhere; }
main { max-width: 76rem; margin: auto; padding: 0 1.25rem 3rem; }
.state { margin: 0; color: var(--soft); font-size: .875rem; }
.state::before { content: "●"; margin-right: .4em; color: var(--odd); }
.state.live::before { color: var(--good); }
.state.lost::before { color: var(--bad); }
.panel { background: var(--panel); border: 1px solid var(--line); border-radius: .75rem; padding: 1.1rem 1.25rem; margin-top: 1rem; }
.panel.fault { border-color: var(--odd); }
.panel.fault ul { margin: 0; padding-left: 1.2rem; }
.note { color: var(--soft); font-size: .875rem; margin: 0 0 .75rem; }
.row { display: flex; gap: .5rem; margin: 0; }
.bad { color: var(--bad); } .good { color: var(--good); } .odd { color: var(--odd); } .soft { color: var(--soft); }
input, button { font: inherit; color: inherit; border: 1px solid var(--line); border-radius: .5rem; padding: .35rem .75rem; background: var(--ground); }
input { flex: 1; min-width: 0; }
button { cursor: pointer; }
button:hover { border-color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 1rem; margin: 1rem 0 0; }
.tiles div { background: var(--panel); border: 1px solid var(--line); border-radius: .75rem; padding: .8rem 1.1rem; }
.tiles dt { color: var(--soft); font-size: .8125rem; }
.tiles dd { margin: 0; font-size: 1.5rem; font-weight: 600; letter-spacing: -.02em; font-variant-numeric: tabular-nums; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; list-style: none; margin: 0 0 .75rem; padding: 0; font-size: .875rem; }
.legend li::before { content: ""; display: inline-block; width: .7em; height: .7em; border-radius: .2em; margin-right: .45em; background: var(--tone); }
.served { display: grid; grid-template-columns: max-content 1fr max-content; gap: .4rem .9rem; align-items: center; font-variant-numeric: tabular-nums; }
.bar { display: flex; height: 1.15rem; border-radius: .35rem; overflow: hidden; background: var(--shade); }
.bar span { background: var(--tone); transition: flex-grow .4s; }
.tone-0 { --tone: var(--tone-0); } .tone-1 { --tone: var(--tone-1); } .tone-2 { --tone: var(--tone-2); } .tone-3 { --tone: var(--tone-3); }
.tone-4 { --tone: var(--tone-4); } .tone-5 { --tone: var(--tone-5); } .tone-6 { --tone: var(--tone-6); } .tone-7 { --tone: var(--tone-7); }
.pools { display: grid; grid-template-columns: repeat(auto-fill, minmax(21rem, 1fr)); gap: 1rem; }
.pool { border: 1px solid var(--line); border-radius: .6rem; padding: .75rem .9rem; min-width: 0; }
.pool header { display: flex; justify-content: space-between; max-width: none; margin: 0 0 .4rem; padding: 0; }
.pool ul { list-style: none; margin: 0; padding: 0; }
.pool > ul > li { border-top: 1px solid var(--line); padding: .45rem 0; }
.endpoint { display: flex; justify-content: space-between; gap: 1rem; }
.place { color: var(--soft); font-size: .8125rem; overflow-wrap: anywhere; }
.marks { display: flex; flex-wrap: wrap; gap: .3rem; margin-top: .3rem; }
.marks li { font-size: .75rem; padding: 0 .45rem; border-radius: 1rem; background: var(--shade); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .4rem .9rem .4rem 0; border-top: 1px solid var(--line); white-space: nowrap; }
thead th { border: 0; color: var(--soft); font-weight: 500; font-size: .8125rem; }
td:last-child { white-space: normal; }
.events { list-style: none; margin: 0; padding: 0; max-height: 26rem; overflow-y: auto; }
.events li { display: grid; grid-template-columns: 5.5rem 5rem 1fr max-content; gap: .9rem; align-items: center; border-top: 1px solid var(--line); padding: .35rem 0; }
.events li:first-child { border: 0; }
.events .what { overflow-wrap: anywhere; }
.events .noted { color: var(--soft); }
@media (max-width: 40rem) {
  .pools { grid-template-columns: 1fr; }
  .events li { grid-template-columns: 5.5rem 1fr; }
}
@media (prefers-reduced-motion: reduce) { .bar span { transition: none; } }
`;
