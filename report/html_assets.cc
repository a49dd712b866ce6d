// SPDX-License-Identifier: EUPL-1.2
#include "report/html_assets.h"

#include <fmt/format.h>

#include "base/sha256.h"

namespace urna::report {
namespace {

std::string base64(const Sha256Digest& digest) {
  static constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < digest.size(); i += 3) {
    const auto byte = [&](std::size_t k) -> unsigned {
      return i + k < digest.size() ? digest[i + k] : 0U;
    };
    const unsigned bits = byte(0) << 16U | byte(1) << 8U | byte(2);
    for (unsigned k = 0; k < 4; ++k) {
      text += i + k <= digest.size() ? alphabet[bits >> (18U - 6U * k) & 63U] : '=';
    }
  }
  return text;
}

}  // namespace

// Tokens first; light and dark differ only in them. All pairs of text and ground used reach 4.5:1,
// of graphics 3:1.
std::string_view page_style() {
  return R"css(
:root{color-scheme:light dark;
--ground:#f5f4ef;--sheet:#ffffff;--ink:#17212b;--soft:#4b5866;--line:#d8d9d2;--line-strong:#8a949e;
--yes:#0d6a5f;--yes-alt:#3f9a8c;--yes-tint:#dff0ec;--yes-light:#a9d5cc;--no:#7c8792;--no-light:#c9ced3;
--track:#ebebe5;--link:#0b5394;--focus:#1a4fd6;--note-tint:#fdf1d3;--note:#7a4d00;--threshold:#a3210f;
--head:#12343b;--head-ink:#ffffff;--head-soft:#c9dcdd;
--font:-apple-system,BlinkMacSystemFont,"Segoe UI",Roboto,"Noto Sans","Liberation Sans","Helvetica Neue",Arial,sans-serif;
--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
@media (prefers-color-scheme:dark){:root{
--ground:#10171c;--sheet:#182229;--ink:#e9eef1;--soft:#a9b7c1;--line:#2f3c46;--line-strong:#6d7c88;
--yes:#57c5b3;--yes-alt:#2f9384;--yes-tint:#143a37;--yes-light:#2c6f66;--no:#8996a1;--no-light:#44515c;
--track:#25313a;--link:#8cc4f5;--focus:#9dbcff;--note-tint:#3a2e12;--note:#f2cf86;--threshold:#ff9a86;
--head:#0b2328;--head-ink:#ffffff;--head-soft:#b5cdcf}}
*,*::before,*::after{box-sizing:border-box}
html{font:100%/1.55 var(--font);background:var(--ground);color:var(--ink);-webkit-text-size-adjust:100%}
body{margin:0;overflow-wrap:anywhere}
a{color:var(--link);text-underline-offset:.15em;text-decoration-thickness:1px}
a:hover{text-decoration-thickness:2px}
:focus-visible{outline:3px solid var(--focus);outline-offset:2px;border-radius:2px}
[hidden]{display:none!important}
.skip{position:absolute;left:1rem;top:-4rem;z-index:2;background:var(--sheet);padding:.6rem 1rem;border-radius:0 0 .4rem .4rem}
.skip:focus{top:0}
.wrap{max-width:62rem;margin:0 auto;padding:0 1rem}
.vh{position:absolute;width:1px;height:1px;margin:-1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.top{background:var(--head);color:var(--head-ink)}
.top .wrap{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:.25rem 1rem;padding-top:.5rem;padding-bottom:.5rem}
.brand{margin:0;font-weight:600;letter-spacing:.01em;color:var(--head-soft);font-size:.95rem}
.languages ul{display:flex;gap:.25rem;margin:0;padding:0;list-style:none}
.languages a{display:block;min-height:2.75rem;padding:.6rem .9rem;color:var(--head-ink);border-radius:.3rem;text-decoration:none;border-bottom:3px solid transparent}
.languages a:hover{text-decoration:underline}
.languages a[aria-current]{border-bottom-color:var(--head-ink);font-weight:600;border-radius:.3rem .3rem 0 0}
.languages a:focus-visible{outline-color:#fff}
.masthead{background:var(--head);color:var(--head-ink);padding:1.25rem 0 2rem}
.masthead p{margin:0;color:var(--head-soft)}
h1{margin:.25rem 0 .5rem;font-size:clamp(1.75rem,1.2rem + 2.6vw,2.9rem);line-height:1.12;letter-spacing:-.015em;font-weight:700;text-wrap:balance}
h2{margin:0 0 .75rem;font-size:clamp(1.3rem,1.1rem + .8vw,1.65rem);line-height:1.2;letter-spacing:-.01em;text-wrap:balance}
h3{margin:1.75rem 0 .5rem;font-size:1.1rem;line-height:1.3}
p{margin:0 0 1rem;max-width:44rem}p,td,li,dd{text-wrap:pretty}
section{background:var(--sheet);border:1px solid var(--line);border-radius:.5rem;padding:1.25rem 1rem;margin:1rem 0}
section>*:last-child{margin-bottom:0}
.lead{font-size:1.15rem;line-height:1.5}
.aside{color:var(--soft);font-size:.925rem}
.toc{margin:1.25rem 0}
.toc h2{font-size:1rem;margin:0 0 .25rem;letter-spacing:0}
.toc ul{margin:0;padding:0;list-style:none;display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,17rem),1fr));gap:0 1.5rem}
.toc a{display:block;padding:.35rem 0}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,12.5rem),1fr));gap:1px;margin:1.25rem 0;background:var(--line);border:1px solid var(--line);border-radius:.4rem;overflow:hidden}
.facts div{background:var(--sheet);padding:.8rem .9rem}
.facts dt{color:var(--soft);font-size:.925rem;line-height:1.3}
.facts dd{margin:.2rem 0 0;font-size:1.5rem;font-weight:700;line-height:1.2;letter-spacing:-.01em;font-variant-numeric:tabular-nums}
.facts small{display:block;font-size:.925rem;font-weight:400;letter-spacing:0;color:var(--soft);margin-top:.2rem}
.callout{display:flex;gap:.6rem;padding:.7rem .9rem;border-radius:.4rem;border-left:4px solid;max-width:none}
.callout a{color:inherit}
.callout.good{background:var(--yes-tint);border-color:var(--yes);color:var(--ink)}
.callout.note{background:var(--note-tint);border-color:var(--note);color:var(--note)}
figure{margin:1.25rem 0}
figcaption{color:var(--soft);font-size:.925rem;margin-top:.5rem}
svg{display:block;overflow:visible}
.budget{border-radius:.3rem;overflow:hidden}
.track{fill:var(--track)}
rect.yes{fill:var(--yes)}rect.yes.odd{fill:var(--yes-alt)}rect.yes.light{fill:var(--yes-light)}
rect.no{fill:var(--no)}rect.no.light{fill:var(--no-light)}
.gap{stroke:var(--sheet);stroke-width:1.5}
.threshold{stroke:var(--threshold);stroke-width:2.5}
.bars{margin:0 0 1rem;padding:0;list-style:none}
.bars li{display:grid;grid-template-columns:1fr;gap:.15rem .75rem;padding:.55rem 0;border-top:1px solid var(--line)}
.bars li:first-child{border-top:0}
.bars-name{line-height:1.35}
.bars-bar{align-self:center}
.bars-value{font-variant-numeric:tabular-nums;font-size:.95rem;display:flex;flex-wrap:wrap;gap:0 .75rem;justify-content:space-between}
.chip{font-size:.875rem;color:var(--soft)}
.chip.yes{color:var(--yes);font-weight:600}
.chip::before{content:"– "}.chip.yes::before{content:"✔ "}
.numbered{counter-reset:place}.numbered .bars-name::before{counter-increment:place;content:counter(place) ". ";color:var(--soft);font-variant-numeric:tabular-nums}
@media (max-width:47.99rem){.facts div{display:grid;grid-template-columns:minmax(7rem,1fr) minmax(0,auto);gap:0 1rem;align-items:baseline}
.facts dd{text-align:right;font-size:1.2rem}}
@media (max-width:26rem){.facts div{display:block}.facts dd{text-align:left}}
@media (min-width:48rem){section{padding:1.75rem 2rem}
.bars li{grid-template-columns:minmax(0,5fr) minmax(0,5fr) 13rem;padding:.45rem 0;align-items:center}}
details{margin:.5rem 0 1rem}
summary{cursor:pointer;padding:.65rem 0;color:var(--link);font-weight:600}
summary:hover{text-decoration:underline}
.scroll{overflow-x:auto;margin:1.25rem 0;-webkit-overflow-scrolling:touch}
table{border-collapse:collapse;width:100%;font-size:.95rem;line-height:1.4}
caption{text-align:left;font-weight:700;font-size:1.1rem;padding:0 0 .5rem}
th,td{text-align:left;vertical-align:top;padding:.55rem .9rem .55rem 0;border-top:1px solid var(--line)}
.scroll th[scope=row]{min-width:9rem;max-width:20rem;font-weight:600}
.scroll td{min-width:5rem;overflow-wrap:break-word}
.scroll th{overflow-wrap:break-word}
thead th{border-top:0;border-bottom:2px solid var(--line-strong);color:var(--soft);font-weight:600;font-size:.9rem;vertical-align:bottom}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
thead th{overflow-wrap:normal}thead .n{white-space:normal}
th:last-child,td:last-child{padding-right:0}
td.spread{min-width:14rem}td.spread .box{margin:.15rem 0 .35rem}
td.chart{min-width:9rem;padding-top:.85rem}
.whisker{stroke:var(--line-strong);stroke-width:2}
rect.body{fill:var(--yes-light);stroke:var(--yes);stroke-width:1.5}
.median{stroke:var(--ink);stroke-width:3}
.matrix{min-width:40rem}.matrix th[scope=row]{font-weight:400;position:sticky;left:0;z-index:1;background:var(--sheet);padding-left:0}
@media (min-width:48rem){.matrix th[scope=row]{min-width:18rem}}
.matrix td.yes,.matrix td.no{text-align:center;position:relative}
.matrix thead th+th+th{text-align:center;min-width:8rem}
.matrix td.yes{background:var(--yes-tint);color:var(--yes);font-weight:700}
.matrix td.no{color:var(--soft)}
.projects caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.projects .name{font-weight:600}
.number{color:var(--soft);font-weight:400;font-size:.9rem}
.mark{white-space:nowrap;font-weight:600}.mark.yes{color:var(--yes)}.mark.no{color:var(--soft);font-weight:400}
.projects .why td{border-top:0;padding-top:0;padding-bottom:1rem;max-width:0}
.projects .why td .aside{display:block;margin-top:.25rem}
@media (max-width:47.99rem){
.projects,.projects tbody{display:block}
.projects thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.projects tr{display:block}
.projects tr:not(.why){border-top:1px solid var(--line);padding-top:.9rem}
.projects tbody tr:first-child{border-top:0}
.projects th,.projects td{display:block;border:0;padding:0 0 .2rem;text-align:left}
.projects td.n{display:flex;justify-content:space-between;gap:1rem;white-space:normal}
.projects td.n::before{content:attr(data-label);color:var(--soft)}
.projects .why td{max-width:none;padding:.35rem 0 1rem}}
.tie{border-left:4px solid var(--line-strong);padding:.1rem 0 .1rem 1rem;margin:1.25rem 0}
.tie.decisive{border-color:var(--note)}
.tie p{margin-bottom:.4rem}.tie ol{margin:.25rem 0;padding-left:1.5rem}
code{font-family:var(--mono);font-size:.875em;white-space:pre-wrap;overflow-wrap:anywhere}
pre{margin:0 0 1rem;padding:.8rem 1rem;background:var(--track);border-radius:.3rem;overflow-x:auto}
pre code{white-space:pre}
.map svg{width:100%;height:auto;max-height:40rem;background:var(--track);border-radius:.4rem}
circle,.scale{stroke-width:1.75;vector-effect:non-scaling-stroke}
circle.yes{fill:var(--yes);fill-opacity:.8;stroke:var(--sheet)}
circle.no{fill:var(--sheet);fill-opacity:.55;stroke:var(--no)}
.scale{fill:none;stroke:var(--ink)}
ul,ol{padding-left:1.35rem}.record{margin:0 0 1rem}
.record div{padding:.55rem 0;border-top:1px solid var(--line)}
.record dt{color:var(--soft)}.record dd{margin:0}
@media (min-width:48rem){.record div{display:grid;grid-template-columns:16rem 1fr;gap:1rem}}
footer{padding:1rem 0 3rem;color:var(--soft);font-size:.925rem}
@media (forced-colors:active){rect,circle{forced-color-adjust:none}}
@media print{:root{color-scheme:light}
.languages,.skip,.toc{display:none}
.top,.masthead{background:none;color:#000}.brand,.masthead p{color:#333}
section{border:0;padding:0;margin:1.5rem 0;background:none}
.bars li,.projects tr,.tie,figure{break-inside:avoid}h2,h3{break-after:avoid}
.scroll{overflow:visible}table{font-size:.8rem}body{font-size:10.5pt}}
)css";
}

// Without it both languages are on the page one after the other; with it, one is shown at a time.
// The address decides (#en, or any section of a language), then the reader's own preference.
std::string_view page_script() {
  return R"js(
(function () {
  "use strict";
  var halves = document.querySelectorAll("[data-language]");
  var links = document.querySelectorAll("[data-to-language]");
  function show(language) {
    halves.forEach(function (half) { half.hidden = half.lang !== language; });
    links.forEach(function (link) {
      if (link.dataset.toLanguage === language) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
    document.documentElement.lang = language;
    var main = document.getElementById(language);
    if (main) document.title = main.dataset.title;
  }
  function asked() {
    var target = location.hash.slice(1);
    var match = /^(pl|en)(-|$)/.exec(target);
    return match ? match[1] : "";
  }
  function preferred() {
    var wishes = navigator.languages || [navigator.language || ""];
    for (var i = 0; i < wishes.length; i++) {
      var wish = String(wishes[i]).slice(0, 2).toLowerCase();
      if (wish === "pl" || wish === "en") return wish;
    }
    return "pl";
  }
  function follow() {
    var language = asked();
    if (!language) return;
    show(language);
    var target = document.getElementById(location.hash.slice(1));
    if (target && location.hash.length > 3) target.scrollIntoView();
  }
  show(asked() || preferred());
  if (location.hash.length > 3) follow();
  window.addEventListener("hashchange", follow);
  links.forEach(function (link) {
    link.addEventListener("click", function (event) {
      event.preventDefault();
      var language = link.dataset.toLanguage;
      var section = location.hash.replace(/^#(pl|en)/, "");
      history.replaceState(null, "", "#" + language + section);
      show(language);
      link.focus();
    });
  });
})();
)js";
}

std::string content_security_policy() {
  return fmt::format(
      "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; img-src data:; "
      "base-uri 'none'; form-action 'none'",
      base64(sha256(page_style())), base64(sha256(page_script())));
}

}  // namespace urna::report
