// Texts that an answer begins with, filled in for a case.
#include "api/context.hpp"
#include "base/text.hpp"

namespace hejnal::api {

namespace {

// What is no placeholder of ours stays as it is. What is put in is not looked through again.
std::string filled(std::string_view text, const std::vector<std::pair<std::string, std::string>>& values) {
  std::string out;
  while (!text.empty()) {
    const auto open = text.find('{');
    out += text.substr(0, open);
    if (open == text.npos) break;
    text.remove_prefix(open);
    bool known = false;
    for (const auto& [name, value] : values) {
      if (!text.starts_with(name)) continue;
      out += value;
      text.remove_prefix(name.size());
      known = true;
      break;
    }
    if (known) continue;
    out += '{';
    text.remove_prefix(1);
  }
  return out;
}

}  // namespace

Result<ports::Response> list_templates(Context& context) {
  const Parts& parts = context.parts;
  std::vector<std::pair<std::string, std::string>> values = {{"{agent}", context.who},
                                                             {"{desk}", parts.desk_name}};
  if (context.request.has_parameter("case")) {
    HEJNAL_TRY(const std::int64_t number, whole_number(context.request.parameter("case"), "case"));
    HEJNAL_TRY(const auto row, context.archive.find(number));
    if (!row) return fail(Fault::not_found, "there is no case {}", number);
    const ports::CaseSummary& s = row->summary;
    const core::Party& client = s.client;
    values.emplace_back("{number}", std::to_string(s.number));
    values.emplace_back("{subject}", s.subject);
    values.emplace_back("{client}", !client.name.empty()    ? client.name
                                    : !client.email.empty() ? client.email
                                                            : client.phone);
    values.emplace_back("{follow}", parts.public_url + "/c/" + row->token);
  }
  HEJNAL_TRY(const auto templates, parts.answer_templates(parts.procedure.language));
  json::Array items;
  for (const ports::AnswerTemplate& one : templates)
    items.push_back(
        json::Object{{"name", one.name}, {"title", one.title}, {"text", filled(one.text, values)}});
  return json_response(json::Object{{"items", std::move(items)}});
}

}  // namespace hejnal::api
