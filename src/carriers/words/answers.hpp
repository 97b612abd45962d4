// Texts that an agent begins an answer with: text files, one for each, in the folder `answers` beside the
// templates of notices (templates.hpp). The first line is the title ("Title: ..."), an empty line follows,
// the rest is the text.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "ports/letters.hpp"

namespace hejnal::carriers {

// Those that are built in for the language, with the company's own (by file name: "fixed.txt") in their
// places and beside them; by title. A file of the company's without a text takes away the built-in one of
// that name.
std::vector<ports::AnswerTemplate> answer_templates(std::string_view language,
                                                    const std::map<std::string, std::string>& own);

}  // namespace hejnal::carriers
