// The procedure for everybody, and files that are served as they are.
#include <span>

#include "api/client_page.hpp"
#include "api/html.hpp"
#include "base/embedded.hpp"

namespace hejnal {
std::span<const EmbeddedFile> embedded_pages();
}

namespace hejnal::api {

namespace {

std::string_view page_file(std::string_view name) {
  for (const EmbeddedFile& file : embedded_pages()) {
    if (file.name == name) return file.bytes;
  }
  return {};
}

void fill_procedure(Fill& fill, const core::Procedure& p, const std::string& address,
                    const std::string& sms_number) {
  fill.set("TITLE", p.title).set("P_TITLE", p.title).set("P_LANG", p.language);
  if (!address.empty()) fill.row("EMAIL").set("ADDRESS", address);
  if (!sms_number.empty()) fill.row("SMS").set("SMS_NUMBER", sms_number);
  for (const core::ServiceClass& c : p.classes) {
    Fill& section = fill.row("CLASS");
    section.set("CLASS_TITLE", c.title);
    for (const std::string& column : p.columns) section.row("COLUMN").set("COLUMN_NAME", column);
    const auto row = [&](const std::string& wait, const std::string& means, const std::string& note) {
      section.row("ROW").set("WAIT", wait).set("MEANS", means).set("NOTE", note);
    };
    for (const core::Step& step : c.steps) row(step.wait_text, step.means_text, step.note);
    if (!c.phone.note.empty()) row(c.phone.wait_text, c.phone.means_text, c.phone.note);
  }
  if (!p.prolonged_text.empty())
    fill.row("PROLONGED").set("PROLONGED_TITLE", p.prolonged_title).set("PROLONGED_TEXT", p.prolonged_text);
}

ports::Response script(std::string_view name, const char* caching) {
  return {200, "text/javascript; charset=utf-8", std::string(page_file(name)), {{"Cache-Control", caching}}};
}

}  // namespace

std::string procedure_html(const core::Procedure& p, const std::string& desk_name, const std::string& address,
                           const std::string& sms_number) {
  Fill fill;
  fill.set("LANG", p.language).set("DESK", desk_name);
  fill_procedure(fill, p, address, sms_number);
  return fill_page("procedure", p.language, fill);
}

Result<ports::Response> procedure_page(Context& context) {
  ClientPage page(context);
  const Parts& parts = context.parts;
  fill_procedure(page.fill, shown_procedure(parts, page.language), parts.desk_address, parts.sms_number);
  HEJNAL_TRY_VOID(page.warn());
  return page.done("procedure");
}

Result<ports::Response> stylesheet(Context&) {
  return ports::Response{200,
                         "text/css; charset=utf-8",
                         std::string(page_file("style.css")),
                         {{"Cache-Control", "max-age=300"}}};
}

Result<ports::Response> client_script(Context&) { return script("client.js", "max-age=300"); }
Result<ports::Response> sandbox_script(Context&) { return script("sandbox.js", "no-store"); }

Result<ports::Response> sandbox_page(Context&) {
  return html_response(std::string(page_file("sandbox.html")));
}

}  // namespace hejnal::api
