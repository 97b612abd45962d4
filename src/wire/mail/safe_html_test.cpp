#include "wire/mail/safe_html.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"

namespace hejnal::wire {
namespace {

std::string safe(std::string_view html) { return safe_html(html).html; }

TEST(SafeHtml, WhatMailIsMadeOfStays) {
  EXPECT_EQ(
      safe("<p style=\"color:#333; margin-left: 4px\">Zażółć <b>gęślą</b><br/>jaźń &amp; "
           "&lt;wszystko&gt;</p>"),
      "<p style=\"color: #333; margin-left: 4px\">Zażółć <b>gęślą</b><br>jaźń &amp; &lt;wszystko&gt;</p>");
  EXPECT_EQ(safe("<table border=1><tr><td colspan='2' bgcolor=#eee>a</table>"),
            "<table border=\"1\"><tr><td colspan=\"2\" bgcolor=\"#eee\">a</table>");
  EXPECT_EQ(safe("pisz do <adam@firma.example> lub <https://a.example/>, 1 < 2"),
            "pisz do &lt;adam@firma.example&gt; lub &lt;https://a.example/&gt;, 1 &lt; 2");
}

TEST(SafeHtml, LinksSayWhereTheyLead) {
  EXPECT_EQ(safe("<a href=\"https://zly.example/?a=1&amp;b=2\" onclick=x()>bank.example</a>"),
            "<a href=\"https://zly.example/?a=1&amp;b=2\" title=\"https://zly.example/?a=1&amp;b=2\" "
            "rel=\"noopener noreferrer nofollow\" target=\"_blank\">bank.example</a>");
  for (const char* to : {"javascript:alert(1)", " java&#10;script:alert(1)", "data:text/html,x", "vbscript:x",
                         "//zly.example", "#top", "file:///etc/passwd", "JaVaScRiPt&colon;alert(1)"})
    EXPECT_EQ(safe(std::string("<a href=\"") + to + "\">x</a>"), "<a>x</a>") << to;
}

TEST(SafeHtml, NothingRuns) {
  const struct {
    const char *given, *expected;
  } kSamples[] = {
      {"a<script>alert(1)</script>b", "ab"},
      {"a<SCRIPT\n>alert('</scripty>')</SCRIPT >b", "ab"},
      {"a<script>never closed <b>x</b>", "a"},
      {"<scr<script>x</script>ipt>alert(1)</script>", "xipt&gt;alert(1)"},
      {"<img src=x onerror=alert(1)>", "<img>"},
      {"<img/src='x'/onerror='alert(1)'/alt=\"y\">", "<img alt=\"y\">"},
      {"<b/onmouseover=alert(1)>x</b>", "<b>x</b>"},
      {"<svg onload=alert(1)><p>x</p></svg>y", "y"},
      {"<svg><style><img src=x onerror=alert(1)></style></svg>y", "y"},
      {"<math><mtext><script>x</script></mtext></math>y", "y"},
      {"<iframe src=//zly.example></iframe>x", "x"},
      {"<object data=x><embed src=x></object>x", "x"},
      {"<embed src=//zly.example>x", "x"},
      {"<style>@import url(//zly.example)</style>x", "x"},
      {"<link rel=stylesheet href=//zly.example>x", "x"},
      {"<meta http-equiv=refresh content='0;url=//zly.example'>x", "x"},
      {"<base href=//zly.example>x", "x"},
      {"<form action=//zly.example><input name=haslo><button>OK</button></form>x", "OKx"},
      {"<textarea><img src=x onerror=alert(1)></textarea>x", "x"},
      {"<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">", "<img>&quot;&gt;"},
      {"<!--[if mso]><b>x</b><![endif]-->y", "y"},
      {"<!--><img src=x onerror=alert(1)>-->y", "y"},
      {"<![CDATA[<img src=x onerror=alert(1)>]]>", "]]&gt;"},
      {"<p title=\"&quot;><script>alert(1)</script>\">x</p>",
       "<p title=\"&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;\">x</p>"},
      {"&lt;script&gt;alert(1)&lt;/script&gt;", "&lt;script&gt;alert(1)&lt;/script&gt;"},
      {"<p id=location class=x name=y data-x=1 xmlns=z>x</p>", "<p>x</p>"},
      {"<a href=\"https://a.example", ""},
      {"<", "&lt;"},
      {"</", ""},
      {"<marquee>x</marquee><blink>y</blink>", "xy"},
  };
  for (const auto& [given, expected] : kSamples) {
    std::string shown = safe(given);
    if (given == std::string_view("<a href=\"https://a.example")) shown.clear();  // only that it ends
    EXPECT_EQ(shown, expected) << given;
  }
}

TEST(SafeHtml, StylesFetchNothingAndHideNothing) {
  for (const char* style :
       {"background:url(//zly.example/p.gif)", "background:u\\72l(x)", "background:ur/**/l(x)",
        "background-image:image-set('x')", "width:expression(alert(1))", "behavior:url(x)",
        "-moz-binding:url(x)", "position:fixed", "content:'x'", "color:var(--x)", "border-image:url(x)",
        "list-style:url(x)", "@import 'x'", "font-family:x;}</style><script>", "unicode-bidi:bidi-override",
        "color:&#117;rl(x)"}) {
    const std::string shown = safe(std::string("<p style=\"") + style + "\">x</p>");
    EXPECT_EQ(shown.find("url"), std::string::npos) << shown;
    EXPECT_EQ(shown.find('\\'), std::string::npos) << shown;
    EXPECT_TRUE(shown == "<p>x</p>" || shown == "<p style=\"font-family: x\">x</p>") << shown;
  }
  EXPECT_EQ(safe("<p style='background: RGBA(0, 0, 0, .5); color:red !important'>x</p>"),
            "<p style=\"background: RGBA(0, 0, 0, .5); color: red !important\">x</p>");
  EXPECT_EQ(safe("<body bgcolor=black text='#fff' onload=x()>a</body>"),
            "<div style=\"background-color: black; color: #fff\">a");
}

TEST(SafeHtml, PicturesComeWithTheMailOrNotAtAll) {
  const auto picture = [](std::string_view id) -> std::string_view {
    return id == "logo@x" ? "data:image/png;base64,AAAA" : "";
  };
  const SafeHtml shown = safe_html(
      "<img src='cid:logo@x' alt=Logo><img src=\"CID:other\"><img src='https://zly.example/p.gif' "
      "width=1 height=1><img srcset='//zly.example/a 2x'><img src='data:image/gif;base64,R0 lG'>"
      "<img src='data:image/svg+xml;base64,AAAA'><img src='data:text/html;base64,AAAA'>"
      "<table background='//zly.example'></table>",
      picture);
  EXPECT_EQ(shown.html,
            "<img alt=\"Logo\" src=\"data:image/png;base64,AAAA\"><img><img width=\"1\" height=\"1\"><img>"
            "<img src=\"data:image/gif;base64,R0lG\"><img><img><table></table>");
  EXPECT_EQ(shown.left_out, 5);
}

TEST(SafeHtml, ThePicturesTogetherAreBounded) {
  const std::string large = "data:image/png;base64," + std::string(3u << 20, 'A');
  std::string html;
  for (int i = 0; i < 1000; ++i) html += "<img src=cid:a>";
  const SafeHtml shown = safe_html(html, [&](std::string_view) -> std::string_view { return large; });
  EXPECT_LT(shown.html.size(), kSafePicturesMax + (1u << 20));
  EXPECT_EQ(shown.left_out, 998);
}

TEST(SafeHtml, SignsThatTurnTheDirectionGo) {
  const std::string shown =
      safe("moc.\u202Eelpmaxe<a href='https://a.example/\u202Ex' title='\u2066y'>&#x202E;z</a>");
  for (const char* sign : {"\u202E", "\u2066"}) EXPECT_EQ(shown.find(sign), std::string::npos);
  EXPECT_EQ(safe("<bdo dir=rtl>x</bdo>"), "x");
  EXPECT_EQ(safe("<p dir=rtl>שלום</p>"), "<p dir=\"rtl\">שלום</p>");
}

TEST(SafeHtml, WhatIsTooLongIsCut) {
  const SafeHtml shown = safe_html(std::string(10u << 20, '&'));
  EXPECT_TRUE(shown.cut);
  EXPECT_LT(shown.html.size(), kSafeHtmlMax + (1u << 20));
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += "zażółć&oacute;";
  EXPECT_TRUE(is_valid_utf8(safe(text)));
  EXPECT_EQ(safe(text).find("&amp;"), std::string::npos);  // no reference was cut in two
}

TEST(SafeHtml, NastyMarkupTakesLinearTime) {
  for (const char* piece : {"<", "<a", "<a b=\"", "<svg>", "<style", "</", "<!--", "<p style='a:(;", "<div>",
                            "<img src=cid:x>", "<script></script", "<iframe><iframe"}) {
    std::string html;
    while (html.size() < (2u << 20)) html += piece;
    const SafeHtml shown = safe_html(html);
    EXPECT_LT(shown.html.size(), 12u << 20) << piece;
  }
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<div>";
  EXPECT_LT(safe(deep).size(), 2000u);
}

}  // namespace
}  // namespace hejnal::wire
