# hejnal_console(ROOM) puts the team's pages (console/) into the room's library, as src/api/console_files.hpp shows them.
#
# They are built by script/console whenever one of their sources has changed. A release carries them ready made in
# console/dist (script/console build console/dist), and needs no npm then; HEJNAL_CONSOLE names another such folder.
set(HEJNAL_CONSOLE "" CACHE PATH "Folder with the console's pages as script/console build has made them; empty: build them")

function(hejnal_console room)
  set(source ${CMAKE_SOURCE_DIR}/console)
  set(folder ${HEJNAL_CONSOLE})
  if(NOT folder AND EXISTS ${source}/dist/console_files.cpp)
    set(folder ${source}/dist)
  endif()
  if(folder)
    message(STATUS "the console's pages are taken from ${folder}")
    file(GLOB_RECURSE bytes ${folder}/site/* ${folder}/packed/*)
  else()
    set(folder ${CMAKE_BINARY_DIR}/console)
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${source}/src/* ${source}/public/*)
    list(FILTER sources EXCLUDE REGEX "\\.test\\.ts$")
    set(bytes ${folder}/built)
    add_custom_command(
      OUTPUT ${folder}/console_files.S ${folder}/console_files.cpp ${bytes}
      COMMAND ${CMAKE_SOURCE_DIR}/script/console build ${folder}
      COMMAND ${CMAKE_COMMAND} -E touch ${bytes}
      DEPENDS ${sources} ${source}/index.html ${source}/package-lock.json ${source}/vite.config.ts
              ${source}/svelte.config.js ${source}/tools/embed.mjs ${CMAKE_SOURCE_DIR}/script/console
      COMMENT "The console's pages"
      VERBATIM)
    add_custom_target(console DEPENDS ${bytes})
  endif()
  set_source_files_properties(${folder}/console_files.S PROPERTIES
    OBJECT_DEPENDS "${bytes}" COMPILE_OPTIONS "-Wa,-I${folder}")
  target_sources(hejnal_${room} PRIVATE ${folder}/console_files.S ${folder}/console_files.cpp)
endfunction()
