# hejnal_embed(ROOM NAME FOLDER GLOB...) puts files into the room's library. The room's code sees
#
#   namespace hejnal { std::span<const EmbeddedFile> NAME(); }      // base/embedded.hpp
#
# in the order of their names. The bytes are taken by the assembler's .incbin, so size costs no compile time.
function(hejnal_embed room name folder)
  set(files "")
  foreach(pattern ${ARGN})
    file(GLOB found CONFIGURE_DEPENDS RELATIVE ${folder} ${folder}/${pattern})
    list(APPEND files ${found})
  endforeach()
  list(SORT files)
  set(assembly "    .section .rodata\n")
  set(declarations "")
  set(rows "")
  set(paths "")
  set(i 0)
  foreach(file ${files})
    string(APPEND assembly "    .global hejnal_${name}_${i}\n    .global hejnal_${name}_${i}_end\nhejnal_${name}_${i}:\n"
                           "    .incbin \"${folder}/${file}\"\nhejnal_${name}_${i}_end:\n    .byte 0\n")
    string(APPEND declarations "extern const char hejnal_${name}_${i}[];\nextern const char hejnal_${name}_${i}_end[];\n")
    string(APPEND rows "      {\"${file}\", {hejnal_${name}_${i}, static_cast<std::size_t>(hejnal_${name}_${i}_end - hejnal_${name}_${i})}},\n")
    list(APPEND paths ${folder}/${file})
    math(EXPR i "${i} + 1")
  endforeach()
  string(APPEND assembly "    .section .note.GNU-stack,\"\",@progbits\n")
  set(base ${CMAKE_CURRENT_BINARY_DIR}/embedded_${name})
  file(CONFIGURE OUTPUT ${base}.S CONTENT "${assembly}" @ONLY)
  file(CONFIGURE OUTPUT ${base}.cpp CONTENT
"#include \"base/embedded.hpp\"

extern \"C\" {
${declarations}}

namespace hejnal {
std::span<const EmbeddedFile> ${name}() {
  static const EmbeddedFile files[] = {
${rows}  };
  return files;
}
}  // namespace hejnal
" @ONLY)
  set_source_files_properties(${base}.S PROPERTIES OBJECT_DEPENDS "${paths}")
  target_sources(hejnal_${room} PRIVATE ${base}.S ${base}.cpp)
endfunction()
