#include "carriers/words/answers.hpp"

#include <algorithm>
#include <span>

#include "base/embedded.hpp"
#include "base/text.hpp"

namespace hejnal {
std::span<const EmbeddedFile> embedded_answers();
}

namespace hejnal::carriers {

namespace {

ports::AnswerTemplate read(const std::string& file, std::string_view bytes) {
  ports::AnswerTemplate out;
  out.name = file.substr(0, file.rfind('.'));
  std::string text = sanitize_utf8(bytes);
  std::erase(text, '\r');
  std::string_view rest = text;
  constexpr std::string_view kTitle = "Title:";
  if (rest.starts_with(kTitle)) {
    const auto end = rest.find('\n');
    out.title = one_line(rest.substr(kTitle.size(), end == rest.npos ? end : end - kTitle.size()));
    rest = end == rest.npos ? std::string_view() : rest.substr(end + 1);
  }
  out.title = std::string(trim(out.title));
  if (out.title.empty()) out.title = out.name;
  while (rest.starts_with('\n')) rest.remove_prefix(1);
  out.text = std::string(rest);
  return out;
}

}  // namespace

std::vector<ports::AnswerTemplate> answer_templates(std::string_view language,
                                                    const std::map<std::string, std::string>& own) {
  const std::string folder = std::string(language) + "/answers/";
  std::vector<ports::AnswerTemplate> out;
  for (const EmbeddedFile& file : embedded_answers()) {
    if (!file.name.starts_with(folder)) continue;
    const std::string name(file.name.substr(folder.size()));
    if (!own.contains(name)) out.push_back(read(name, file.bytes));
  }
  for (const auto& [name, bytes] : own) {
    ports::AnswerTemplate one = read(name, bytes);
    if (!is_blank(one.text)) out.push_back(std::move(one));
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
    return std::pair(fold(a.title), a.name) < std::pair(fold(b.title), b.name);
  });
  return out;
}

}  // namespace hejnal::carriers
