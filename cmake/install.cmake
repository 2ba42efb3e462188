# SPDX-License-Identifier: BSD-3-Clause
# What `cmake --install` puts where, what takes it away again (target `uninstall`), and the Debian package (`cpack`).
install(TARGETS striate RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY configs DESTINATION ${CMAKE_INSTALL_DATADIR}/striate)
install(FILES python/striate_io.py DESTINATION lib/python3/dist-packages) # where Debian's python3 looks when the prefix is /usr
install(FILES LICENSE NOTICE CITATION.cff README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR})

# Man pages and completion come from the program's own tables, so it writes them, when it is installed.
set(help ${CMAKE_BINARY_DIR}/help)
install(CODE "
  file(MAKE_DIRECTORY \"${help}/man1\")
  set(ENV{STRIATE_CONFIG_DIR} \"${CMAKE_SOURCE_DIR}/configs\")
  execute_process(COMMAND \"$<TARGET_FILE:striate>\" help --man \"${help}/man1\" COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND \"$<TARGET_FILE:striate>\" help --completion bash OUTPUT_FILE \"${help}/striate\" COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND \"$<TARGET_FILE:striate>\" help --completion zsh OUTPUT_FILE \"${help}/_striate\" COMMAND_ERROR_IS_FATAL ANY)
")
install(DIRECTORY ${help}/man1 DESTINATION ${CMAKE_INSTALL_MANDIR})
install(FILES ${help}/striate DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${help}/_striate DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)

add_custom_target(uninstall
  COMMAND ${CMAKE_COMMAND} -DMANIFEST=${CMAKE_BINARY_DIR}/install_manifest.txt -P ${CMAKE_SOURCE_DIR}/cmake/uninstall.cmake)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "The Striate developers")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "builds and simulates the biorealistic model of mouse primary visual cortex")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON) # the names and versions of the libraries that it was linked with
set(CPACK_DEBIAN_PACKAGE_DEPENDS openmpi-bin)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "gnuplot-nox, make, python3-h5py")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "python3-pandas, slurm-client")
include(CPack)
