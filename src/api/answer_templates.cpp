// Texts that an answer begins with, filled in for a case, and as the console edits them. Those of files stay
// as they are: what was changed in the console lies in the database and goes before them, for each language
// by itself.
#include <algorithm>
#include <map>

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

constexpr std::size_t kNameMax = 40, kTitleMax = 100, kTextMax = 10'000, kChangedMax = 500;

// What the console has made of one. Its version only grows, also when it is put back.
struct Changed {
  std::int64_t version = 0;
  bool put_back = false;  // as the file has it
  std::string title, text, by;
  Instant at;
};
using AllChanged = std::map<std::string, Changed>;

std::string key_of(const std::string& language) { return "answers." + language; }

Result<AllChanged> read_changed(const std::string& kept) {
  AllChanged out;
  if (kept.empty()) return out;
  HEJNAL_TRY(const json::Value all, json::parse(kept));
  if (!all.is_object()) return fail(Fault::corrupt, "the texts for answers cannot be read");
  for (const auto& field : all.as_object()) {
    if (!field.value().is_object()) return fail(Fault::corrupt, "the texts for answers cannot be read");
    Body body(field.value().as_object());
    Changed one;
    one.version = body.integer("version", true);
    one.put_back = body.flag("put_back", false);
    one.title = body.text("title");
    one.text = body.text("text");
    one.by = body.text("by");
    one.at = Instant{body.integer("at", true)};
    HEJNAL_TRY_VOID(body.finish("answers"));
    out.emplace(field.key(), std::move(one));
  }
  return out;
}

std::string to_text(const AllChanged& all) {
  json::Object out;
  for (const auto& [name, one] : all)
    out[name] = json::Object{{"version", one.version}, {"put_back", one.put_back},
                             {"title", one.title},     {"text", one.text},
                             {"by", one.by},           {"at", one.at.ms}};
  return json::dump(out);
}

// One as it is edited.
struct Edited {
  ports::AnswerTemplate shown;                // an empty text: it was taken away
  std::optional<ports::AnswerTemplate> file;  // built in, or a file of the company's
  Changed changed;
};

Result<std::vector<Edited>> all_edited(Context& context, const AllChanged& changed) {
  HEJNAL_TRY(const auto files, context.parts.answer_templates(context.parts.procedure.language));
  std::map<std::string, Edited> by_name;
  for (const ports::AnswerTemplate& one : files) by_name[one.name] = {one, one, {}};
  for (const auto& [name, one] : changed) {
    const auto found = by_name.find(name);
    if (one.put_back && found == by_name.end()) continue;
    Edited& edited = found == by_name.end() ? by_name[name] : found->second;
    edited.changed = one;
    if (!one.put_back) edited.shown = {name, one.title, one.text};
  }
  std::vector<Edited> out;
  for (auto& [name, one] : by_name) out.push_back(std::move(one));
  std::sort(out.begin(), out.end(), [](const Edited& a, const Edited& b) {
    return std::pair(fold(a.shown.title), a.shown.name) < std::pair(fold(b.shown.title), b.shown.name);
  });
  return out;
}

json::Object edited_json(const Edited& one) {
  const bool of_console = one.changed.version > 0 && !one.changed.put_back;
  return {{"name", one.shown.name},
          {"title", one.shown.title},
          {"text", one.shown.text},
          {"version", one.changed.version},
          {"changed_by", of_console ? json::Value(one.changed.by) : json::Value(nullptr)},
          {"changed_at", of_console ? json::Value(format_rfc3339(one.changed.at)) : json::Value(nullptr)},
          {"file", one.file ? json::Value(json::Object{{"title", one.file->title}, {"text", one.file->text}})
                            : json::Value(nullptr)}};
}

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= kNameMax &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") == name.npos;
}

// `version` is that of what the editor has seen: what somebody else has changed since is not overwritten.
Result<ports::Response> change(Context& context, std::int64_t version, Changed wanted) {
  const std::string name = context.segments.at(0);
  if (!is_name(name))
    return fail(Fault::malformed, "name: expected up to {} of the signs a-z 0-9 - _", kNameMax);
  const std::string key = key_of(context.parts.procedure.language);
  HEJNAL_TRY(const std::string kept, context.archive.setting(key));
  HEJNAL_TRY(const AllChanged before, read_changed(kept));
  HEJNAL_TRY(const auto seen, all_edited(context, before));
  const auto known =
      std::find_if(seen.begin(), seen.end(), [&](const Edited& one) { return one.shown.name == name; });
  if (wanted.put_back && known == seen.end()) return fail(Fault::not_found, "there is no text \"{}\"", name);
  if (context.audit) {
    context.audit->object = name;
    if (known != seen.end()) context.audit->before = truncate_utf8(one_line(known->shown.text), 200);
    context.audit->after = wanted.put_back ? "as the file has it" : truncate_utf8(one_line(wanted.text), 200);
  }
  HEJNAL_TRY(const AllChanged after,
             on_ledger<AllChanged>(context, [&](desk::Desk& desk) -> Result<AllChanged> {
               HEJNAL_TRY(const std::string text, desk.store().setting(key));
               HEJNAL_TRY(AllChanged all, read_changed(text));
               Changed& one = all[name];
               // One that was put back and has no file is as if there never was one.
               if (one.version != version && !(version == 0 && one.put_back))
                 return fail(Fault::conflict, "{} has changed this text meanwhile", one.by);
               if (all.size() > kChangedMax)
                 return fail(Fault::conflict, "there are {} texts already", kChangedMax);
               wanted.version = one.version + 1;
               wanted.by = context.who;
               wanted.at = desk.now();
               one = wanted;
               HEJNAL_TRY_VOID(desk.store().set_setting(key, to_text(all)));
               return all;
             }));
  HEJNAL_TRY(const auto list, all_edited(context, after));
  for (const Edited& one : list) {
    if (one.shown.name == name) return json_response(edited_json(one));
  }
  return json_response(edited_json({{name, {}, {}}, {}, after.at(name)}));
}

}  // namespace

// Those that were taken away as well: they can be put back.
Result<ports::Response> list_edited_templates(Context& context) {
  HEJNAL_TRY(const std::string kept, context.archive.setting(key_of(context.parts.procedure.language)));
  HEJNAL_TRY(const AllChanged changed, read_changed(kept));
  HEJNAL_TRY(const auto list, all_edited(context, changed));
  json::Array items;
  for (const Edited& one : list) items.push_back(edited_json(one));
  return json_response(
      json::Object{{"language", context.parts.procedure.language}, {"items", std::move(items)}});
}

Result<ports::Response> change_template(Context& context) {
  HEJNAL_TRY(Body body, Body::read(context.request));
  Changed wanted;
  wanted.title = body.line("title", false, kTitleMax);
  wanted.text = body.text("text", false, kTextMax);
  const std::int64_t version = body.integer("version", true);
  if (wanted.title.empty() && !is_blank(wanted.text)) body.complain("title", "a text needs a title");
  HEJNAL_TRY_VOID(body.finish());
  if (is_blank(wanted.text)) wanted.text.clear();
  return change(context, version, std::move(wanted));
}

Result<ports::Response> put_back_template(Context& context) {
  HEJNAL_TRY(Body body, Body::read(context.request));
  const std::int64_t version = body.integer("version", true);
  HEJNAL_TRY_VOID(body.finish());
  Changed wanted;
  wanted.put_back = true;
  return change(context, version, std::move(wanted));
}

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
  HEJNAL_TRY(const std::string kept, context.archive.setting(key_of(parts.procedure.language)));
  HEJNAL_TRY(const AllChanged changed, read_changed(kept));
  HEJNAL_TRY(const auto templates, all_edited(context, changed));
  json::Array items;
  for (const auto& [one, file, change] : templates) {
    if (one.text.empty()) continue;
    items.push_back(
        json::Object{{"name", one.name}, {"title", one.title}, {"text", filled(one.text, values)}});
  }
  return json_response(json::Object{{"items", std::move(items)}});
}

}  // namespace hejnal::api
