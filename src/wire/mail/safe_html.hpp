// HTML of a stranger, written anew so that a browser may show it: only what is on the lists of safe_html.cpp
// comes out, each tag and attribute composed by us, all text escaped. Nothing of the input is passed on as it
// is, so what a browser would have made of broken markup does not matter. No script, no form, no frame, no
// style sheet and no address that is loaded by itself comes out; a picture only as a data: URL.
//
// It never fails and takes linear time. The page that carries it is to be served with a Content-Security-
// Policy all the same. Strangers' bytes: all of it.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace hejnal::wire {

struct SafeHtml {
  std::string html;  // to be put into <body>
  int left_out = 0;  // pictures that lie elsewhere: loading them would tell who reads, and when
  bool cut = false;  // it was longer than kSafeHtmlMax
};

constexpr std::size_t kSafeHtmlMax = 4u << 20;      // of markup and text
constexpr std::size_t kSafePicturesMax = 8u << 20;  // of data: URLs together

// The data: URL of a part by its Content-ID (without <>), or nothing. It stays where it is meanwhile.
using PictureOf = std::function<std::string_view(std::string_view content_id)>;
SafeHtml safe_html(std::string_view html_utf8, const PictureOf& picture = {});

// Whether a picture of this type may be shown: what no browser takes for a document.
bool is_plain_picture(std::string_view type);

}  // namespace hejnal::wire
