#include "base/qr.hpp"

#include <fmt/format.h>
#include <qrencode.h>

#include <memory>

namespace hejnal {

Result<std::string> qr_svg(const std::string& text) {
  const std::unique_ptr<QRcode, void (*)(QRcode*)> code(
      QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_M), QRcode_free);
  if (!code) return fail(Fault::malformed, "{} bytes do not fit into a QR code", text.size());
  constexpr int kMargin = 4;
  std::string path;
  for (int y = 0; y < code->width; ++y) {
    for (int x = 0; x < code->width; ++x) {
      const auto dark = [&](int at) {
        return at < code->width && (code->data[y * code->width + at] & 1) != 0;
      };
      if (!dark(x)) continue;
      const int from = x;
      while (dark(x)) ++x;
      path += fmt::format("M{} {}h{}v1h-{}z", from + kMargin, y + kMargin, x - from, x - from);
    }
  }
  const int side = code->width + 2 * kMargin;
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {0}\" shape-rendering=\"crispEdges\">"
      "<rect width=\"{0}\" height=\"{0}\" fill=\"#fff\"/><path d=\"{1}\" fill=\"#000\"/></svg>",
      side, path);
}

}  // namespace hejnal
